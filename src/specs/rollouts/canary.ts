import { deploymentKeys, judgeDeployment, refuseColours } from './deployment.ts';
import type { DeploymentSpec } from './deployment.ts';
import { judgedBy } from '../kernel/finding.ts';
import { judgeHolds } from './holds.ts';
import { kindKey } from './kind.ts';
import { completeLadder, defaultLadder, experimentsOfStages, judgeRise } from './ladder.ts';
import { judgeMetrics } from './metric.ts';
import { resolveAnalysis } from './analysis.ts';
import { nameRelease } from './release-on-target.ts';
import { replicasKey, replicasOn } from './replicas.ts';
import { writtenStage } from './stage.ts';
import type { StageSpec } from './stage.ts';
import { listOf, mapping } from '../kernel/written.ts';
import { judgeExperiments } from '../stage-experiment.ts';

/** A canary deployment with its defaults filled in: what `resolveSpec('canary', …)` returns. */
export interface CanarySpec extends DeploymentSpec {
  kind: 'canary';
  /** At 100 percent. Absent: what the platform's own object says. */
  replicas?: number;
  /** Rising weights; the last one is always 100. */
  stages: StageSpec[];
}

const inStage = 'belongs in a stage, such as stages: [{ weight: 5, hold: 10m }]';

export const canarySchema = mapping(
  {
    kind: kindKey('canary'),
    ...deploymentKeys,
    replicas: replicasKey,
    stages: listOf(
      writtenStage,
      'write at least one stage, such as { weight: 5, hold: 10m }, or leave stages out for 5, 20, 50',
    )
      .prefault(defaultLadder)
      .describe(
        'The stages, in order; weight 100 is implied at the end. Default: 5% for 10m, 20% for 20m, 50% for 30m.',
      ),
  },
  {
    weight: inStage,
    hold: inStage,
    smoke: inStage,
    approval: inStage,
    experiment: inStage,
    watch: 'a canary is watched while its stages are held; give the stages a hold',
    warmUp: 'only for kind: blueGreen; a canary is warmed up by its first stage',
  },
)
  .check(
    judgedBy(judgeDeployment),
    judgedBy(refuseColours),
    judgedBy(judgeRise),
    judgedBy(judgeHolds),
    judgedBy(judgeMetrics),
    judgedBy((spec) => judgeExperiments(spec, experimentsOfStages(spec))),
  )
  .transform(({ stages, metrics, analysis, release, replicas, ...rest }): CanarySpec => ({
    ...rest,
    release: nameRelease(release),
    ...replicasOn(rest.target, replicas),
    stages: completeLadder(stages, rest),
    analysis: resolveAnalysis(analysis, metrics),
  }));
