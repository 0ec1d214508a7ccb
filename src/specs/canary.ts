import { judgedBy } from './finding.ts';
import { judgeHolds } from './holds.ts';
import { kindKey } from './kind.ts';
import { completeLadder, defaultLadder, judgeRise } from './ladder.ts';
import { judgeMetrics, metricsSchema } from './metric.ts';
import { analysisSchema, resolveAnalysis } from './metrics.ts';
import type { AnalysisSpec } from './metrics.ts';
import { releaseSchema } from './release.ts';
import type { ReadinessSpec, Release } from './release.ts';
import { serviceKeys } from './service.ts';
import { waitLimitSchema, writtenStage } from './stage.ts';
import type { StageSpec, WaitLimit } from './stage.ts';
import type { Target } from './target.ts';
import { choice, flag, listOf, mapping, wholeNumber } from './written.ts';

/** A canary deployment with its defaults filled in: what `resolveSpec('canary', …)` returns. */
export interface CanarySpec {
  kind: 'canary';
  service: string;
  environment: string;
  target: Target;
  release: Release;
  replicas: number;
  readiness: ReadinessSpec;
  /** Rising weights; the last one is always 100. */
  stages: StageSpec[];
  analysis: AnalysisSpec;
  onInconclusive: 'pause' | 'abort';
  /** How long a pause (a person's, or an inconclusive one) may last, and what then. Absent: for ever. */
  pause?: WaitLimit;
  supersede: boolean;
}

export const canarySchema = mapping({
  kind: kindKey('canary'),
  ...serviceKeys,
  release: releaseSchema,
  replicas: wholeNumber(1, 1_000)
    .prefault(2)
    .describe('Replicas at 100 percent; a stage runs its share of them. Default: 2.'),
  stages: listOf(
    writtenStage,
    'write at least one stage, such as { weight: 5, hold: 10m }, or leave stages out for 5, 20, 50',
  )
    .prefault(defaultLadder)
    .describe('The ladder; 100 is implied at the end. Default: 5% 10m, 20% 20m, 50% 30m.'),
  metrics: metricsSchema.exactOptional(),
  analysis: analysisSchema,
  onInconclusive: choice(['pause', 'abort'])
    .prefault('pause')
    .describe(
      'What happens when a hold ends without enough evidence: pause or abort. Default: pause.',
    ),
  pause: waitLimitSchema
    .exactOptional()
    .describe('How long a pause may last, and what happens then. Default: for ever.'),
  supersede: flag()
    .prefault(false)
    .describe('Take the place of a rollout of the service that is still running. Default: false.'),
})
  .check(judgedBy(judgeRise), judgedBy(judgeHolds), judgedBy(judgeMetrics))
  .transform(({ stages, metrics, analysis, ...rest }): CanarySpec => ({
    ...rest,
    stages: completeLadder(stages),
    analysis: resolveAnalysis(analysis, metrics),
  }));
