import { setTimeout as sleep } from 'node:timers/promises';
import { readOpenWatch } from '../measures/open-watch.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import { endOfLog, readRequests } from './audited-requests.ts';
import { startCanary } from './canaries.ts';
import { inWords, isAct } from './count-requests.ts';
import type { Fleet } from './fleet.ts';
import type { Ground } from './measure-canaries.ts';

export interface HoldFigures {
  canaries: number;
  heldMs: number;
  /** Every request that was neither a list nor a watch, as text. */
  requests: string[];
  lists: number;
  watches: number;
}

const stages = [{ weight: 20, hold: '1h' }];
/** The last writes before the holds have reached the informers. */
const settleMs = 3_000;

/** Lets canaries hold, and counts the requests to the API server. */
export async function measureHold(
  { cluster: { auditLog }, system }: Ground,
  fleet: Fleet,
  heldMs: number,
): Promise<HoldFigures> {
  await Promise.all(
    fleet.services.map(async (service) => {
      const id = await startCanary(system, fleet, service, { stages });
      const handle = system.client.workflow.getHandle(id);
      await until(`${id} is held`, () => readOpenWatch(handle));
    }),
  );
  await sleep(settleMs);
  progress(`${fleet.services.length} canaries hold`);
  const from = await endOfLog(auditLog);
  await sleep(heldMs);
  const requests = await readRequests(auditLog, { from, namespace: fleet.namespace });
  return {
    canaries: fleet.services.length,
    heldMs,
    requests: requests.filter(isAct).map(inWords),
    lists: requests.filter(({ verb }) => verb === 'list').length,
    watches: requests.filter(({ verb }) => verb === 'watch').length,
  };
}
