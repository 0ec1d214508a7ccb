import type { Act } from './act.ts';
import { drainWaitMs } from './act.ts';
import { patchHeld } from './held.ts';
import { settleMsOf, untilSettled } from './settled.ts';

/**
 * Waits until routers and proxies have applied a move within a promotion. A wait that is longer than
 * one act may take is recorded, and continues at the next call, unless something has `moved` since.
 */
export async function settleMove(act: Act, moved: boolean): Promise<void> {
  const followedAtMs = act.nowMs() + settleMsOf(act);
  if (settleMsOf(act) <= drainWaitMs) return untilSettled(act, followedAtMs);
  const { record } = await patchHeld(act, (held) =>
    !moved && held.record.followedAtMs !== undefined ? 'as-wanted' : { record: { followedAtMs } },
  );
  await untilSettled(act, record.followedAtMs);
}

/** The same before another move in the same act, which then has its own settling time. */
export async function settleBeforeNext(act: Act, moved: boolean): Promise<void> {
  await settleMove(act, moved);
  await patchHeld(act, ({ record }) =>
    record.followedAtMs === undefined ? 'as-wanted' : { record: { followedAtMs: undefined } },
  );
}
