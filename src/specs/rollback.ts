import { kindKey } from './kind.ts';
import type { ReadinessSpec } from './release.ts';
import { serviceKeys } from './service.ts';
import type { Target } from './target.ts';
import { mapping, wholeNumber } from './written.ts';

/** Bring a kept revision of a service back, fast: no stages, no analysis. */
export interface RollbackSpec {
  kind: 'rollback';
  service: string;
  environment: string;
  target: Target;
  /** Kept revision to bring back; absent: the one before the present. */
  toRevision?: number;
  readiness: ReadinessSpec;
}

export const rollbackSchema = mapping({
  kind: kindKey('rollback'),
  ...serviceKeys,
  toRevision: wholeNumber(1)
    .exactOptional()
    .describe('Kept revision to bring back. Default: the one before the present.'),
}).transform((spec): RollbackSpec => spec);
