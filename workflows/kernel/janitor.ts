import { proxyActivities } from '@temporalio/workflow';
import type {
  LeftoverActivities,
  Patrol,
  SweepReport,
} from '../../src/contracts/kernel/leftovers.ts';

/** Removes what dead rollouts left, once or as a patrol; a schedule starts one patrol after another. */
export async function janitor(patrol?: Patrol): Promise<SweepReport> {
  const { sweepLeftovers } = proxyActivities<LeftoverActivities>({
    startToCloseTimeout: (patrol?.forMs ?? 0) + longestSweepMs,
    heartbeatTimeout: '30 s',
    scheduleToCloseTimeout: 2 * ((patrol?.forMs ?? 0) + longestSweepMs),
    retry: { initialInterval: '1 s', backoffCoefficient: 1 },
    summary: 'remove what dead rollouts left',
  });
  return sweepLeftovers(patrol);
}

const longestSweepMs = 5 * 60_000;
