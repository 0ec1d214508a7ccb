import { Gauge, type Registry } from 'prom-client';
import type { CampaignDetails, CampaignScore } from '../../contracts/chaos/campaign-details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { Subject } from '../../kinds/kind.ts';
import type { ChaosFinding } from '../../policies/chaos/list-findings.ts';
import { leavesFault } from '../../policies/chaos/verdicts.ts';

/** What experiments and campaigns came to. */
export interface ChaosState {
  findings: readonly ChaosFinding[];
  /** The last run of each campaign that has a verdict. */
  campaigns: readonly RunReport<CampaignDetails>[];
}

/** At most this many have their own series. */
const most = 500;

/** What came of experiments and campaigns, the same from every worker. */
export class ChaosGauges {
  readonly #findings;
  readonly #score;
  readonly #missed;
  readonly #lost;
  readonly #late;

  constructor(registry: Registry) {
    const registers = [registry];
    const ofCampaign = ['environment', 'campaign'];
    this.#findings = new Gauge({
      name: 'belay_chaos_finding',
      help: '1 for each finding that no later run has closed, by its state and the last verdict.',
      labelNames: ['environment', 'experiment', 'state', 'outcome'],
      registers,
    });
    this.#score = new Gauge({
      name: 'belay_chaos_campaign_score',
      help: 'The score of the last run of a campaign: shares that make 1 together.',
      labelNames: [...ofCampaign, 'result'],
      registers,
    });
    this.#missed = new Gauge({
      name: 'belay_chaos_campaign_missed',
      help: 'How many times there was no time for an experiment of the last run of a campaign.',
      labelNames: ofCampaign,
      registers,
    });
    this.#lost = new Gauge({
      name: 'belay_chaos_campaign_lost',
      help: 'How many experiments of the last run of a campaign were terminated: nobody saw the end of their faults.',
      labelNames: ofCampaign,
      registers,
    });
    this.#late = new Gauge({
      name: 'belay_chaos_campaign_late',
      help: '1 for each campaign that did not begin in its time, by its schedule.',
      labelNames: ofCampaign,
      registers,
    });
  }

  /** What the ledger has; replaces what it had before. */
  show({ findings, campaigns }: ChaosState): void {
    for (const gauge of [this.#findings, this.#score, this.#missed, this.#lost]) gauge.reset();
    const open = findings
      .filter(({ state }) => state !== 'closed')
      .toSorted((one, other) => leavesFirst(one) - leavesFirst(other));
    for (const { environment, experiment, state, outcome } of open.slice(0, most)) {
      this.#findings.set({ environment, experiment, state, outcome }, 1);
    }
    for (const { subject, details } of campaigns.slice(0, most)) {
      this.#showCampaign(labelsOf(subject), details);
    }
  }

  /** Campaigns that did not begin in their time; replaces those that did not before. */
  showLate(late: readonly Subject[]): void {
    this.#late.reset();
    for (const subject of late.slice(0, most)) this.#late.set(labelsOf(subject), 1);
  }

  #showCampaign(labels: CampaignLabels, { score, rows }: CampaignDetails): void {
    for (const result of results) this.#score.set({ ...labels, result }, score[result]);
    const count = (wanted: string) => rows.filter(({ outcome }) => outcome === wanted).length;
    this.#missed.set(labels, count('Missed'));
    this.#lost.set(labels, count('Lost'));
  }
}

const results = ['passed', 'failed', 'unknown'] as const satisfies (keyof CampaignScore)[];

function leavesFirst({ outcome }: ChaosFinding): number {
  return leavesFault(outcome) ? 0 : 1;
}

type CampaignLabels = ReturnType<typeof labelsOf>;

function labelsOf({ environment, name }: Subject) {
  return { environment, campaign: name };
}
