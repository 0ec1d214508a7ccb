import type { State } from '@temporalio/worker';
import type { ComponentReport, HealthStatus } from '../contracts/kernel/health.ts';

/** Each worker of this process by what it does; absent until they are made. */
export type WorkerStates = Record<string, State> | undefined;

/** Of the process itself: ready is only who takes up work on every queue; whoever has left one is on the way out. */
export function judgeWorkers(states: WorkerStates): 'starting' | 'ready' | 'draining' {
  const all = Object.values(states ?? {});
  if (all.length === 0 || all.includes('INITIALIZED')) return 'starting';
  return all.every((state) => state === 'RUNNING') ? 'ready' : 'draining';
}

export function judgeHealth(
  states: WorkerStates,
  components: readonly Pick<ComponentReport, 'state' | 'isRequired'>[],
): HealthStatus {
  const own = judgeWorkers(states);
  if (own !== 'ready') return own;
  const down = components.filter(({ state }) => state === 'down');
  if (down.some(({ isRequired }) => isRequired)) return 'unready';
  return down.length > 0 ? 'degraded' : 'ready';
}
