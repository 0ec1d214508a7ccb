import { judgedBy } from '../kernel/finding.ts';
import { kindKey } from './kind.ts';
import type { ReadinessSpec } from './release.ts';
import { judgeService, serviceKeys } from './service.ts';
import type { Target } from './target.ts';
import { mapping, wholeNumber } from '../kernel/written.ts';

/** Bring a kept revision of a service back, fast: no stages, no analysis. */
export interface RollbackSpec {
  kind: 'rollback';
  service: string;
  environment: string;
  target: Target;
  /** Kept revision to bring back; absent: the one before the current one. */
  toRevision?: number;
  readiness: ReadinessSpec;
}

const bringsBack = 'a rollback brings a kept release back as it was; leave it out';
const noAnalysis = 'a rollback is not analysed, so that it is fast; leave it out';

export const rollbackSchema = mapping(
  {
    kind: kindKey('rollback'),
    ...serviceKeys,
    toRevision: wholeNumber(1)
      .exactOptional()
      .describe('Kept revision to bring back. Default: the one before the current one.'),
  },
  { release: bringsBack, replicas: bringsBack, metrics: noAnalysis, analysis: noAnalysis },
)
  .check(judgedBy(judgeService))
  .transform((spec): RollbackSpec => spec);
