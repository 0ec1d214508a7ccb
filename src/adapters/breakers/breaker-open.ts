import { formatDuration } from '../../specs/kernel/duration.ts';

/** A dependency has failed repeatedly, so the call was not made. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  readonly dependency: string;
  /** Until the next call is let through; 0 if one is in progress. */
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
