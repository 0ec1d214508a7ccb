import type { BlueGreenSpec } from './blue-green.ts';
import type { CanarySpec } from './canary.ts';
import type { InPlaceSpec } from './in-place.ts';
import type { RollbackSpec } from './rollback.ts';

export interface SpecByKind {
  canary: CanarySpec;
  rollback: RollbackSpec;
  blueGreen: BlueGreenSpec;
  rolling: InPlaceSpec & { kind: 'rolling' };
  recreate: InPlaceSpec & { kind: 'recreate' };
}
export type SpecKind = keyof SpecByKind;
export type AnySpec = SpecByKind[SpecKind];

/** One thing that is wrong with a spec. */
export interface SpecProblem {
  /** Like `stages[1].hold`; empty for the spec as a whole. */
  path: string;
  /** What was wrong, what was given, what is accepted. */
  message: string;
}

export type SpecResolution<K extends SpecKind> =
  { ok: true; spec: SpecByKind[K] } | { ok: false; problems: SpecProblem[] };
