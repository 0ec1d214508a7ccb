import type { HoldOutcome, HoldProgress, HoldWatch } from './hold.ts';

/** Told of what holds see, as they see it. */
export interface HoldObserver {
  measured(hold: HoldWatch, before: HoldProgress, now: HoldProgress): void;
  judged(outcome: HoldOutcome): void;
}
