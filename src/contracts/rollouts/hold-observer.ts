import type { HoldOutcome, HoldProgress, WatchHoldInput } from './hold.ts';

/** Told of what holds see, as they see it. */
export interface HoldObserver {
  measured(hold: WatchHoldInput, before: HoldProgress, now: HoldProgress): void;
  judged(outcome: HoldOutcome): void;
}
