import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import type { EndState } from './end-state.ts';
import type { Stand, WrittenSpec } from './stand.ts';
import type { CallerAddress } from './trickle.ts';
import type { World } from './world.ts';

/** Where the service of one stand runs. */
export interface Site {
  ref: ServiceRef;
  /** What workers are told so that they find it. */
  settings: Record<string, string>;
  /** A spec for it, with the release in the words of its platform. */
  specOf(spec: WrittenSpec): object;
  /** Brings the first releases out, by default `v1`. Returns where callers reach it. */
  open(stand: Stand, releases?: string[]): Promise<CallerAddress[]>;
  /** What a rollout has made of it. */
  readEnd(stand: Stand): Promise<Pick<EndState, 'stable' | 'leftover' | 'acts'>>;
  close?(): Promise<void>;
}

/** One for each stand. */
export type MakeSite = (world: World, name: string) => Site;
