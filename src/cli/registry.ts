import type { AnyKind } from '../kinds/kind.ts';
import { kinds } from '../kinds/registry.ts';
import type { Resolution } from '../specs/kernel/resolve.ts';
import { resolveSpecOf } from '../specs/registry.ts';

/** The kinds of runs that a command line is made for, and how their specs are read. */
export interface RunRegistry {
  kinds: readonly AnyKind[];
  /** The spec with its defaults, or every problem; undefined where there is no such kind. */
  resolveSpec(kind: string, input: unknown): Resolution | undefined;
}

export const everyRun: RunRegistry = { kinds, resolveSpec: resolveSpecOf };
