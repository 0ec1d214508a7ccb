import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { readOpenWatch, type OpenWatch } from '../measures/open-watch.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, inProcess, serviceNamed, startCanary } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';

/** Who takes over the watch: another running worker, or the one that `belay up` restarts. */
export type Successor = 'second worker' | 'restarted worker';

export interface BlindTimePlan {
  blindTimeMs: number;
  successor: Successor;
  repetitions: number;
}

export interface BlindTimeFigures {
  blindTimeMs: number;
  successor: Successor;
  /** From the SIGKILL until the watch runs again, in milliseconds. */
  blindMs: Quantiles;
}

/** A canary that stays in its hold, without traffic: only the watch is measured. */
const stages = [{ weight: 50, hold: '6h' }];

/** Kills the worker that watches an open hold, each time at the worst moment. */
export async function measureBlindTime(
  system: MeasuredSystem,
  { blindTimeMs, successor, repetitions }: BlindTimePlan,
): Promise<BlindTimeFigures> {
  const ref = serviceNamed('held');
  await withoutJanitor(system, () => firstRelease(system, ref, inProcess('v1')));
  const id = await startCanary(system, ref, { release: inProcess('v2'), stages });
  if (successor === 'second worker') await system.addWorker();

  const blindMs: number[] = [];
  for (let nth = 1; nth <= repetitions; nth++) {
    if (successor === 'second worker') {
      await until('two workers poll', async () => (await system.workerPids()).length > 1);
    }
    const watch = await untilJustSeen(system, id);
    const isSpare = watch.workerPid !== (await system.pidOf('worker'));
    const [blind] = await Promise.all([
      killWatch(system, id, watch),
      isSpare ? system.addWorker() : undefined,
    ]);
    blindMs.push(blind);
    const name = `blind time ${blindTimeMs / 1_000} s, ${successor}`;
    progress(`${name}: ${(blind / 1_000).toFixed(1)} s (${nth} of ${repetitions})`);
  }
  return { blindTimeMs, successor, blindMs: quantilesOf(blindMs) };
}

/** The largest age of a recent heartbeat. */
const freshMs = 500;

/** Right after a heartbeat the server takes longest to notice a death. */
function untilJustSeen({ client }: MeasuredSystem, workflowId: string): Promise<OpenWatch> {
  const handle = client.workflow.getHandle(workflowId);
  return until('the watch sends a heartbeat', async () => {
    const watch = await readOpenWatch(handle);
    return watch !== undefined && Date.now() - watch.lastSeenAtMs < freshMs && watch;
  });
}

async function killWatch(
  { client }: MeasuredSystem,
  workflowId: string,
  { workerPid, attempt }: OpenWatch,
): Promise<number> {
  process.kill(workerPid, 'SIGKILL');
  const killedAtMs = Date.now();
  const handle = client.workflow.getHandle(workflowId);
  const next = await until('the hold is watched again', async () => {
    const watch = await readOpenWatch(handle);
    return watch !== undefined && watch.attempt > attempt && watch;
  });
  return next.startedAtMs - killedAtMs;
}
