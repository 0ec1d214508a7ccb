import type { AnySpec } from './resolution.ts';
import type { Target } from './target.ts';

declare const asWritten: unique symbol;

/**
 * A spec as its author wrote it, which is what every workflow takes: it resolves it itself. A
 * resolved spec (`AnySpec`) has other keys, such as `holdMs` for `hold`, and would be refused.
 */
export type WrittenSpec = Readonly<Record<string, unknown>> & { readonly [asWritten]: 'spec' };
/** The target of a written spec. A resolved `Target` is not one. */
export type WrittenTarget = Readonly<Record<string, unknown>> & { readonly [asWritten]: 'target' };

/** What was given from outside, checked or not. What is resolved is refused by its type. */
export function writtenSpec<Given>(given: Given extends AnySpec ? never : Given): WrittenSpec {
  return given as WrittenSpec;
}

/** The same of a target alone. */
export function writtenTarget<Given>(given: Given extends Target ? never : Given): WrittenTarget {
  return given as WrittenTarget;
}

export function targetOf(spec: WrittenSpec): WrittenTarget {
  return spec['target'] as WrittenTarget;
}

export interface RollbackOrder {
  service: string;
  environment: string;
  target: WrittenTarget;
  /** Absent: the one before the present. */
  toRevision?: number;
}

export function writtenRollback({
  service,
  environment,
  target,
  toRevision,
}: RollbackOrder): WrittenSpec {
  return writtenSpec({
    ...{ kind: 'rollback', service, environment, target: target },
    ...(toRevision !== undefined && { toRevision }),
  });
}
