import type { CampaignDetails } from '../../contracts/chaos/campaign-details.ts';
import type { CampaignSchedule } from '../../contracts/chaos/campaign-schedules.ts';
import { readFindings } from '../../contracts/chaos/read-findings.ts';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import { listLateCampaigns } from '../../policies/chaos/campaigns/list-late-campaigns.ts';
import { verdicts } from '../../policies/chaos/verdicts.ts';
import type { ChaosGauges, ChaosState } from './chaos-gauges.ts';

export interface ChaosSources {
  ledger: Pick<Ledger, 'list'>;
  listSchedules: () => Promise<CampaignSchedule[]>;
}

/**
 * Reads what came of experiments and campaigns, at most once per interval. While the ledger does not answer, nothing is
 * shown; while only Temporal does not, everything but what is late.
 */
export function refreshChaos(
  gauges: ChaosGauges,
  sources: ChaosSources,
  everyMs = 60_000,
): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    const nowMs = Date.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + everyMs;
    gauges.show(
      await readState(sources, nowMs).catch(() => ({ findings: [], campaigns: [], late: [] })),
    );
  };
}

async function readState(
  { ledger, listSchedules }: ChaosSources,
  nowMs: number,
): Promise<ChaosState> {
  const [findings, campaigns, schedules] = await Promise.all([
    readFindings(ledger, {}, nowMs),
    readLastCampaigns(ledger),
    listSchedules().catch(() => []),
  ]);
  return { findings, campaigns, late: listLateCampaigns(schedules, campaigns, nowMs) };
}

function readLastCampaigns(ledger: Pick<Ledger, 'list'>) {
  const { family, kind } = chaosKinds.chaosCampaign;
  return ledger.list({ family, kinds: [kind], outcomes: verdicts, each: 1 }) as Promise<
    RunReport<CampaignDetails>[]
  >;
}
