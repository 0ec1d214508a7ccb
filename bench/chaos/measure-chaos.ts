import { progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { withSystem } from '../system/with-system.ts';
import { measureHalts, type HaltFigures, type HaltPlan } from './halts/measure-halts.ts';
import { measureKills, type KillFigures } from './kills/measure-kills.ts';
import { measureAlike, type AlikeFigures } from './tracks/measure-alike.ts';
import { measureLatency, type LatencyFigures } from './tracks/measure-latency.ts';
import { measurePlanted, type Verdict } from './verdicts/measure-planted.ts';
import { measureUnrecovered } from './verdicts/measure-unrecovered.ts';

/** What was not asked for is absent. */
export interface ChaosFigures {
  halts?: HaltFigures;
  planted?: Verdict[];
  unrecovered?: Verdict[];
  alike?: AlikeFigures[];
  latency?: LatencyFigures[];
  kills?: KillFigures[];
}

export const parts = ['alike', 'latency', 'planted', 'unrecovered', 'halts', 'kills'] as const;
export type Part = (typeof parts)[number];

export interface ChaosPlan {
  only: readonly Part[];
  origin: BelayOrigin;
  halts: HaltPlan;
  /** Simulated experiments. */
  runs: number;
}

/** Each part that needs one has a system of its own. */
export async function measureChaos({
  only,
  origin,
  halts,
  runs,
}: ChaosPlan): Promise<ChaosFigures> {
  const measures = {
    alike: async () => measureAlike(runs),
    latency: async () => measureLatency(runs),
    planted: () => withSystem({ origin }, (system) => measurePlanted(system, origin)),
    unrecovered: () => withSystem({ origin }, (system) => measureUnrecovered(system, origin)),
    halts: () => withSystem({ origin }, (system) => measureHalts(system, halts)),
    kills: () => withSystem({ origin }, measureKills),
  } satisfies Record<Part, () => Promise<unknown>>;
  const figures: Partial<Record<Part, unknown>> = {};
  for (const part of parts.filter((each) => only.includes(each))) {
    progress(part);
    figures[part] = await measures[part]();
  }
  return figures as ChaosFigures;
}
