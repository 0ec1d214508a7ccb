import type { MonitorState } from '../../contracts/objectives/objective-store.ts';

/** Longer than the lag of a monitor, and the death of its worker. */
const staleAfterMs = 10 * 60_000;

/** Whether nobody has measured for so long that nothing may be decided by it. */
export function isStale({ atMs }: Pick<MonitorState, 'atMs'>, nowMs: number, lagMs = 0): boolean {
  return nowMs - atMs > staleAfterMs + lagMs;
}
