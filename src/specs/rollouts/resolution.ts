import type { SpecProblem } from '../kernel/spec-problem.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
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
export type AnySpec = SpecByKind[SpecKind];

export type SpecResolution<K extends SpecKind> =
  { ok: true; spec: SpecByKind[K] } | { ok: false; problems: SpecProblem[] };
