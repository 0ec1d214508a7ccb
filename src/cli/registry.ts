import type { AnyKind } from '../kinds/kind.ts';
import { kinds } from '../kinds/registry.ts';
import type { Resolution } from '../specs/kernel/resolve.ts';

/** The kinds of runs that a command line is made for, and how their specs are read. */
export interface RunRegistry {
  kinds: readonly AnyKind[];
  /** The spec with its defaults, or every problem; undefined where there is no such kind. */
  resolveSpec(kind: string, input: unknown): Resolution | undefined;
}

/** The same, with the schemas of specs left out until a command reads a spec: they take long to load. */
export interface LazyRunRegistry {
  kinds: readonly AnyKind[];
  load(): Promise<RunRegistry>;
}

export const everyRun: LazyRunRegistry = {
  kinds,
  load: async () => {
    const { resolveSpecOf } = await import('../specs/registry.ts');
    return { kinds, resolveSpec: resolveSpecOf };
  },
};
