import type { Cache, CacheSettings } from '../../adapters/caches/cache.ts';
import type { CampaignDetails } from '../../contracts/chaos/campaign-details.ts';
import type { CampaignSchedule } from '../../contracts/chaos/campaign-schedules.ts';
import { readFindings } from '../../contracts/chaos/read-findings.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { listLateCampaigns } from '../../policies/chaos/campaigns/list-late-campaigns.ts';
import { verdicts } from '../../policies/chaos/verdicts.ts';
import type { ChaosGauges, ChaosState } from './chaos-gauges.ts';
import type { ReadTimes } from './read-times.ts';

export interface ChaosSources {
  ledger: Pick<Ledger, 'list'>;
  listSchedules: () => Promise<CampaignSchedule[]>;
}

/** Of each worker by itself, as its reports hold specs. */
export const experimentCache: CacheSettings<ChaosState> = {
  ...{ name: 'experiments', policy: 'ttl', freshMs: 60_000, mayBeOld: true },
};

export const scheduleCache: CacheSettings<CampaignSchedule[]> = {
  ...{ name: 'campaign-schedules', policy: 'ttl', freshMs: 60_000, mayBeOld: true },
};

interface ShownWith {
  gauges: ChaosGauges;
  readTimes: ReadTimes;
  experiments: Cache<ChaosState>;
  schedules: Cache<CampaignSchedule[]>;
}

/**
 * Shows what came of experiments and campaigns. While the ledger or Temporal does not answer, what they said last is
 * shown, and when that was: nothing is over because nobody can say so.
 */
export function refreshChaos(
  { gauges, readTimes, experiments, schedules }: ShownWith,
  { ledger, listSchedules }: ChaosSources,
): () => Promise<void> {
  return async () => {
    const nowMs = Date.now();
    const [state, listed] = await Promise.all([
      experiments
        .read({ about: 'findings' }, () => readState(ledger, nowMs))
        .catch(() => undefined),
      schedules.read({ about: 'schedules' }, listSchedules).catch(() => undefined),
    ]);
    if (state === undefined) return;
    gauges.show(state.value);
    readTimes.note('experiments', state.atMs);
    if (listed === undefined) return;
    gauges.showLate(listLateCampaigns(listed.value, state.value.campaigns, nowMs));
    readTimes.note('campaign-schedules', Math.min(listed.atMs, state.atMs));
  };
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
