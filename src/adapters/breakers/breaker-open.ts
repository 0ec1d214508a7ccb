import { formatDuration } from '../../specs/kernel/duration.ts';

/** A dependency that has failed again and again is left alone for now: it was not asked. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly dependency: string;
  /** Until the next call is let through; 0 where one is under way. */
  readonly retryInMs: number;

  constructor(dependency: string, retryInMs: number, lastReason: string | undefined) {
    const last = lastReason === undefined ? '' : `, last because ${lastReason}`;
    const next = retryInMs === 0 ? 'it is being tried' : `next try in ${inSeconds(retryInMs)}`;
    super(`${dependency} is not called now: it failed repeatedly${last}; ${next}`);
    this.dependency = dependency;
    this.retryInMs = retryInMs;
  }
}

function inSeconds(ms: number): string {
  return formatDuration(Math.ceil(ms / 1_000) * 1_000);
}
