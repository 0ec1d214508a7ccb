import * as z from 'zod';
import { deploymentKeys, experimentBeside, judgeDeployment } from './deployment.ts';
import type { DeploymentSpec } from './deployment.ts';
import { judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { judgeWatch } from './holds.ts';
import { kindKey } from './kind.ts';
import { judgeMetrics } from './metric.ts';
import { analysisSchema, resolveAnalysis } from './analysis.ts';
import { nameRelease } from './release-on-target.ts';
import { httpPath } from './release.ts';
import { replicasKey, replicasOn } from './replicas.ts';
import type { ApprovalSpec, SmokeTestSpec } from './stage.ts';
import { approvalSchema, smokeSchema } from './stage.ts';
import { duration, mapping, wholeNumber } from '../kernel/written.ts';
import {
  judgeExperiments,
  readExperiment,
  writtenExperiment,
  type StageExperiment,
} from '../stage-experiment.ts';

/** A blue-green deployment with its defaults filled in. */
export interface BlueGreenSpec extends DeploymentSpec {
  kind: 'blueGreen';
  /** Of each colour. Absent: what the platform's own object says. */
  replicas?: number;
  /** Sent directly to every idle replica before it receives traffic. */
  smoke: SmokeTestSpec[];
  warmUp?: WarmUpSpec;
  /** A person must approve the switch. */
  approval?: ApprovalSpec;
  /** How long the switched service is watched. */
  watchMs: number;
  /** Made after the watch, while the old colour still runs. */
  experiment?: StageExperiment;
  /** How long the old colour keeps running after the watch, so that traffic can be switched back. */
  keepMs: number;
}

/** Requests sent directly to the idle replicas, so that they are warm for the first real requests. */
export interface WarmUpSpec {
  path: string;
  durationMs: number;
  /** Requests per second over all replicas. */
  ratePerSecond: number;
}

const defaultSmoke = [
  { path: '/health', expect: 200 },
  { path: '/api', expect: [200, 404] },
  { path: '/ready', expect: 200 },
];

const warmUpSchema = mapping({
  path: httpPath().prefault('/').describe('HTTP path to request. Default: /.'),
  duration: duration().prefault('60s').describe('Duration of the warm-up. Default: 60s.'),
  rate: wholeNumber(1, 10_000)
    .prefault(10)
    .describe('Requests per second over all replicas. Default: 10.'),
}).transform(({ path, duration: durationMs, rate: ratePerSecond }): WarmUpSpec => ({
  path,
  durationMs,
  ratePerSecond,
}));

const noStages = 'a blue-green deployment switches once; write watch, or use kind: canary';

export const blueGreenSchema = mapping(
  {
    kind: kindKey('blueGreen'),
    ...deploymentKeys,
    analysis: analysisSchema('30s'),
    replicas: replicasKey,
    smoke: z
      .array(smokeSchema, {
        error: refusal('write a list such as [{ path: /health, expect: 200 }]'),
      })
      .prefault(defaultSmoke)
      .describe(
        'Requests sent directly to every idle replica before the switch. Default: /health 200, /api 200 or 404, /ready 200. An empty list means none.',
      ),
    warmUp: z
      .union([z.literal('none'), warmUpSchema], {
        error: refusal('write none, or a mapping such as { path: /, duration: 60s, rate: 10 }'),
      })
      .prefault({})
      .describe(
        'Requests sent directly to the idle replicas after the smoke tests. Default: 60s of /.',
      ),
    approval: approvalSchema.exactOptional().describe('A person must approve the switch.'),
    watch: duration(0)
      .prefault('5m')
      .describe('How long the service is watched after the switch. A duration. Default: 5m.'),
    experiment: writtenExperiment()
      .exactOptional()
      .describe(
        'A chaos experiment that is made after the watch, while the old colour still runs: a chaosExperiment without kind and environment. One that fails switches back.',
      ),
    scaleDownDelay: duration(0)
      .prefault('30s')
      .describe(
        'How long the old colour keeps running after the watch, so that traffic can be switched back. Default: 30s.',
      ),
  },
  { stages: noStages, weight: noStages, hold: noStages },
)
  .check(
    judgedBy(judgeDeployment),
    judgedBy(judgeWatch),
    judgedBy(judgeMetrics),
    judgedBy((spec) => judgeExperiments(spec, experimentBeside(spec))),
  )
  .transform(
    ({
      metrics,
      analysis,
      release,
      replicas,
      warmUp,
      watch,
      experiment,
      scaleDownDelay,
      ...rest
    }): BlueGreenSpec => ({
      ...rest,
      release: nameRelease(release),
      ...replicasOn(rest.target, replicas),
      ...(warmUp !== 'none' && { warmUp }),
      watchMs: watch,
      ...(experiment !== undefined && { experiment: readExperiment(rest, experiment) }),
      keepMs: scaleDownDelay,
      analysis: resolveAnalysis(analysis, metrics),
    }),
  );
