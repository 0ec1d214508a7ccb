import type { Fence } from '../../../src/contracts/kernel/fence.ts';

/** A board of lamps. Both acts are idempotent, and refused with a fence that is older than the last. */
export interface LampActivities {
  /** Answers with the lamps that are lit then. */
  lampOn(board: string, fence: Fence, lamp: number): Promise<number[]>;
  lampOff(board: string, fence: Fence, lamp: number): Promise<number[]>;
}
