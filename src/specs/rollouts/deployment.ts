import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';
import { metricsSchema } from './metric.ts';
import { analysisSchema } from './analysis.ts';
import type { AnalysisSpec } from './analysis.ts';
import { judgeReleaseOnTarget } from './release-on-target.ts';
import type { ReadinessSpec, Release } from './release.ts';
import { releaseSchema } from './release.ts';
import { judgeService, serviceKeys } from './service.ts';
import type { WaitLimit } from './stage.ts';
import { waitLimitSchema } from './stage.ts';
import type { Target } from './target.ts';
import { judgeTraffic } from './traffic.ts';
import { choice, flag } from '../kernel/written.ts';
import { commitsSchema, type Commit } from './commits.ts';
import type { Override } from '../../contracts/kernel/change-control.ts';
import { overrideSchema } from '../kernel/override.ts';
import type { PlacedExperiment } from '../stage-experiment.ts';

/** What every kind of deployment has. */
export interface DeploymentSpec {
  service: string;
  environment: string;
  target: Target;
  release: Release;
  readiness: ReadinessSpec;
  analysis: AnalysisSpec;
  onInconclusive: 'pause' | 'abort';
  /** How long a pause (by a person, or after an inconclusive hold) may last, and what happens then. Absent: no limit. */
  pause?: WaitLimit;
  supersede: boolean;
  /** Goes ahead during a freeze. */
  override?: Override;
  /** What the release brings that the one before it had not. */
  commits?: Commit[];
}

export const deploymentKeys = {
  ...serviceKeys,
  release: releaseSchema,
  metrics: metricsSchema.exactOptional(),
  analysis: analysisSchema('1m'),
  onInconclusive: choice(['pause', 'abort'])
    .prefault('pause')
    .describe(
      'What happens when a hold ends without enough evidence: pause or abort. Default: pause.',
    ),
  pause: waitLimitSchema
    .exactOptional()
    .describe('How long a pause may last, and what happens then. Default: no limit.'),
  supersede: flag()
    .prefault(false)
    .describe('Replace a rollout of the service that is still running. Default: false.'),
  override: overrideSchema
    .exactOptional()
    .describe(
      'Who goes ahead during a freeze, and why; recorded. Default: the rollout is refused during a freeze.',
    ),
  commits: commitsSchema
    .exactOptional()
    .describe(
      'What the release brings that the one before it had not, for lead times: sha and committedAt of each. Default: lead times are unknown.',
    ),
};

/** What does not fit together in any kind of deployment. */
export function judgeDeployment(spec: Unfinished): Finding[] {
  return [...judgeReleaseOnTarget(spec), ...judgeService(spec), ...judgeTraffic(spec)];
}

/** Colours can only be switched: no share of the traffic goes to the idle one. */
export function refuseColours({ target }: Unfinished): Finding[] {
  if (!isMapping(target) || target['colours'] === undefined) return [];
  const message = 'two colours can only be switched; use kind: blueGreen, or leave colours out';
  return [{ path: ['target', 'colours'], message }];
}

/** Of a deployment that has one stage, and no list of them. */
export function experimentBeside({ experiment }: Unfinished): PlacedExperiment[] {
  return isMapping(experiment) ? [{ path: ['experiment'], given: experiment }] : [];
}
