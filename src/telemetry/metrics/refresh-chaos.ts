import type { CampaignDetails } from '../../contracts/chaos/campaign-details.ts';
import type { CampaignSchedule } from '../../contracts/chaos/campaign-schedules.ts';
import { readFindings } from '../../contracts/chaos/read-findings.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { listLateCampaigns } from '../../policies/chaos/campaigns/list-late-campaigns.ts';
import { verdicts } from '../../policies/chaos/verdicts.ts';
import { atMostEvery } from './at-most-every.ts';
import type { ChaosGauges, ChaosState } from './chaos-gauges.ts';
import type { ReadTimes } from './read-times.ts';

export interface ChaosSources {
  ledger: Pick<Ledger, 'list'>;
  listSchedules: () => Promise<CampaignSchedule[]>;
}

/**
 * Reads what came of experiments and campaigns, at most once per interval. While the ledger or Temporal does not answer,
 * what they said last is shown, and when that was: nothing is over because nobody can say so.
 */
export function refreshChaos(
  { gauges, readTimes }: { gauges: ChaosGauges; readTimes: ReadTimes },
  { ledger, listSchedules }: ChaosSources,
  everyMs = 60_000,
): () => Promise<void> {
  return atMostEvery(everyMs, async (nowMs) => {
    const [state, schedules] = await Promise.all([
      readState(ledger, nowMs).catch(() => undefined),
      listSchedules().catch(() => undefined),
    ]);
    if (state === undefined) return;
    gauges.show(state);
    readTimes.note('experiments', nowMs);
    if (schedules === undefined) return;
    gauges.showLate(listLateCampaigns(schedules, state.campaigns, nowMs));
    readTimes.note('campaign-schedules', nowMs);
  });
}

async function readState(ledger: ChaosSources['ledger'], nowMs: number): Promise<ChaosState> {
  const [findings, campaigns] = await Promise.all([
    readFindings(ledger, {}, nowMs),
    readLastCampaigns(ledger),
  ]);
  return { findings, campaigns };
}

function readLastCampaigns(ledger: Pick<Ledger, 'list'>) {
  const { family, kind } = chaosKinds.chaosCampaign;
  return ledger.list({ family, kinds: [kind], outcomes: verdicts, each: 1 }) as Promise<
    RunReport<CampaignDetails>[]
  >;
}
