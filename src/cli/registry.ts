import type { AnyKind } from '../kinds/kind.ts';
import { kinds } from '../kinds/registry.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import { isSpecKind } from '../specs/rollouts/kind.ts';
import { resolveSpecInput } from '../specs/rollouts/resolve.ts';

export type Resolution = { ok: true; spec: unknown } | { ok: false; problems: SpecProblem[] };

/** The kinds of runs that a command line is made for, and how their specs are read. */
export interface RunRegistry {
  kinds: readonly AnyKind[];
  /** The spec with its defaults, or every problem; undefined where there is no such kind. */
  resolveSpec(kind: string, input: unknown): Resolution | undefined;
}

export const everyRun: RunRegistry = {
  kinds,
  resolveSpec: (kind, input) => (isSpecKind(kind) ? resolveSpecInput(kind, input) : undefined),
};
