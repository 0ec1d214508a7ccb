import type { MonitorState } from '../../contracts/objectives/objective-store.ts';
import type { Standing } from '../../contracts/objectives/standing.ts';

/** Longer than the lag of a monitor, and the death of its worker. */
const staleAfterMs = 10 * 60_000;

/** Whether nobody has measured for so long that nothing may be decided by it. */
export function isStale({ atMs }: Pick<MonitorState, 'atMs'>, nowMs: number, lagMs = 0): boolean {
  return nowMs - atMs > staleAfterMs + lagMs;
}

/** The same of one objective: a minute that is late, or comes with others, is no silence yet. */
export function isSilent(
  { silence, dataUntilMs = 0 }: Pick<Standing, 'silence' | 'dataUntilMs'>,
  nowMs: number,
): boolean {
  return silence !== undefined && isStale({ atMs: dataUntilMs }, nowMs);
}
