import type { DeploymentSpec } from './deployment.ts';
import { deploymentKeys, experimentBeside, judgeDeployment, refuseColours } from './deployment.ts';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { judgedBy } from '../kernel/finding.ts';
import { judgeWatch } from './holds.ts';
import { kindKey } from './kind.ts';
import { judgeMetrics } from './metric.ts';
import { resolveAnalysis } from './analysis.ts';
import { nameRelease } from './release-on-target.ts';
import { readinessWithin } from './release.ts';
import { platformOf } from './target.ts';
import { duration, mapping } from '../kernel/written.ts';
import {
  judgeExperiments,
  readExperiment,
  writtenExperiment,
  type StageExperiment,
} from '../stage-experiment.ts';

/** The platform's own way to change a release in place: pod by pod, or all at once. */
export interface InPlaceSpec extends DeploymentSpec {
  kind: 'rolling' | 'recreate';
  /** How long the new release is watched once it is complete. */
  watchMs: number;
  /** Made after the watch, while the previous release can still be put back. */
  experiment?: StageExperiment;
}

const noStages = 'a release in place has no stages; write watch, or use kind: canary';
const nothingBeside =
  'no new replica runs beside the live ones; leave it out, or use kind: blueGreen';
const notInPlace = {
  stages: noStages,
  weight: noStages,
  hold: noStages,
  smoke: nothingBeside,
  warmUp: nothingBeside,
  approval: 'a release in place does not wait for approval; use kind: canary or blueGreen',
  scaleDownDelay: nothingBeside,
  replicas: 'the Deployment and its autoscaler say how many replicas there are; leave it out',
};

export const rollingSchema = inPlaceSchema('rolling');
export const recreateSchema = inPlaceSchema('recreate');

function inPlaceSchema<K extends InPlaceSpec['kind']>(kind: K) {
  return mapping(
    {
      kind: kindKey(kind),
      ...deploymentKeys,
      readiness: readinessWithin('10m'),
      watch: duration(0)
        .prefault('5m')
        .describe(
          'How long the new release is watched once it is complete. A duration. Default: 5m.',
        ),
      experiment: writtenExperiment()
        .exactOptional()
        .describe(
          'A chaos experiment that is made after the watch: a chaosExperiment without kind and environment. One that fails puts the previous release back.',
        ),
    },
    notInPlace,
  )
    .check(
      judgedBy(judgeDeployment),
      judgedBy(refuseColours),
      judgedBy(judgePlatform),
      judgedBy(judgeWatch),
      judgedBy(judgeMetrics),
      judgedBy((spec) => judgeExperiments(spec, experimentBeside(spec))),
    )
    .transform(
      ({ metrics, analysis, release, watch, experiment, ...rest }): InPlaceSpec & { kind: K } => ({
        ...rest,
        kind,
        release: nameRelease(release),
        watchMs: watch,
        ...(experiment !== undefined && { experiment: readExperiment(rest, experiment) }),
        analysis: resolveAnalysis(analysis, metrics),
      }),
    );
}

function judgePlatform({ target }: Unfinished): Finding[] {
  if (platformOf(target) !== 'local') return [];
  const message =
    'only Kubernetes changes a release in place; on the local platform use kind: canary or blueGreen';
  return [{ path: ['target', 'platform'], message }];
}
