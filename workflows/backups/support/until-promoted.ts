import { ApplicationFailure, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { CopyState } from '../../../src/contracts/backups/store.ts';

interface Recovering<State> {
  /** Of the component. */
  name: string;
  /** Which server, for people. */
  what: string;
  /** From one look to the next, once it has recovered for long: each is in the history of the run. */
  longestPauseMs: number;
  inspect(): Promise<State>;
  /** What it is to become. Default: promoted. */
  wanted?: CopyState['state'];
  /** Why it never will be, beyond what it says itself. */
  ended(): string | undefined;
}

/** Where an agent does not wait before it answers. */
export const leastPauseMs = 1_000;

/** Until a server takes writes, or waits where it was told to, for as long as it recovers. */
export async function untilPromoted<State extends CopyState>(
  recovering: Recovering<State>,
): Promise<State> {
  const { name, what, longestPauseMs, inspect, ended, wanted = 'promoted' } = recovering;
  const startedAtMs = Date.now();
  for (;;) {
    const askedAtMs = Date.now();
    const state = await inspect();
    if (state.state === wanted) return state;
    const why = ended();
    if (state.state === 'failed' || why !== undefined) {
      const detail = state.state === 'failed' ? state.detail : (why ?? state.detail);
      throw ApplicationFailure.nonRetryable(
        `${name} could not be recovered: ${detail}`,
        failureTypes.notReady,
      );
    }
    const nowMs = Date.now();
    const betweenMs = Math.min(longestPauseMs, Math.max(leastPauseMs, (nowMs - startedAtMs) / 50));
    const pauseMs = betweenMs - (nowMs - askedAtMs);
    if (pauseMs > 0) await sleep(pauseMs, { summary: `${what} is ${state.state}` });
  }
}
