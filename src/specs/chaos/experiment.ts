import * as z from 'zod';
import type { Override } from '../../contracts/kernel/change-control.ts';
import { refuseRadius } from '../../policies/chaos/choose-targets.ts';
import { formatDuration } from '../kernel/duration.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { overrideSchema } from '../kernel/override.ts';
import {
  duration,
  flag,
  idPart,
  listOf,
  mapping,
  share,
  text,
  wholeNumber,
} from '../kernel/written.ts';
import { allowedHoursSchema, type AllowedHours } from './allowed-hours.ts';
import type { Fault } from './fault.ts';
import { faultSchema, refuseDurationOf } from './fault-schema.ts';
import { judgeTracks } from './judge-tracks.ts';
import { hypothesisSchema, type HypothesisMetric } from './metric.ts';
import {
  judgeStopConditions,
  resolveStopConditions,
  stopConditionsSchema,
  type StopCondition,
} from './stop-condition.ts';
import {
  judgeFaultOfTarget,
  targetSchema,
  type BlastRadius,
  type ExperimentTarget,
} from './target.ts';

/** What `resolveSpec('chaosExperiment', …)` returns. */
export interface ChaosExperimentSpec {
  kind: 'chaosExperiment';
  environment: string;
  experiment: string;
  /** What may suffer: nothing else may change it meanwhile. */
  services: string[];
  databases: string[];
  target: ExperimentTarget;
  blastRadius: BlastRadius;
  /** The largest share of the target that may be hit. */
  mostOfTarget: number;
  fault: Fault;
  durationMs: number;
  steadyStateMs: number;
  everyMs: number;
  hypothesis: HypothesisMetric[];
  /** Empty: its author wrote `none`. */
  stopConditions: StopCondition[];
  recoverWithinMs: number;
  /** Who mends what it finds. */
  owner?: string;
  /** How soon it is to be run again after a finding. */
  retestWithinMs: number;
  allowedHours?: AllowedHours;
  override?: Override;
  dryRun: boolean;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const leastSamples = 5;
const mostSamples = 600;

const blastRadiusSchema = z.union(
  [
    z.literal('one').transform((): BlastRadius => ({ count: 1 })),
    mapping({ count: wholeNumber(1, 100).describe('So many.') }).transform(
      (given): BlastRadius => given,
    ),
    mapping({ percent: share('1% to 100%', 0.01, 1).describe('So many of a hundred.') }).transform(
      (given): BlastRadius => given,
    ),
  ],
  { error: refusal('write one, { count: 2 } or { percent: 30% }') },
);

const names = (of: string) => listOf(idPart(of), `write a list of ${of}s`);

export const chaosExperimentSchema: z.ZodType<ChaosExperimentSpec> = mapping(
  {
    kind: z
      .literal('chaosExperiment', { error: refusal('write chaosExperiment, or leave kind out') })
      .prefault('chaosExperiment')
      .describe('chaosExperiment. Required by `belay`.'),
    environment: idPart('environment').describe('Where it is.'),
    experiment: idPart('experiment').describe('Its name: one of a name is open at a time.'),
    services: names('service').describe(
      'The services that may suffer: no rollout and no other experiment of them goes on meanwhile.',
    ),
    databases: names('database').exactOptional().describe('The databases that may suffer.'),
    target: targetSchema.describe('What may be hit.'),
    blastRadius: blastRadiusSchema
      .prefault('one')
      .describe('How much of it is: one, { count: 2 } or { percent: 30% }. Default: one.'),
    mostOfTarget: share('1% to 100%', 0.01, 1)
      .prefault('50%')
      .describe('The largest share of the target that may be hit. Default: 50%.'),
    fault: faultSchema.describe('What is injected.'),
    duration: duration(secondMs, 60 * minuteMs).describe('How long the fault is there.'),
    steadyState: duration(secondMs, 60 * minuteMs)
      .prefault('30s')
      .describe('How long the steady state is measured before. Default: 30s.'),
    every: duration(100, minuteMs)
      .prefault('1s')
      .describe('How often each metric is sampled. Default: 1s.'),
    hypothesis: hypothesisSchema.describe(
      'What holds although the fault is there, and again after it: metrics by name.',
    ),
    stopConditions: stopConditionsSchema.describe(
      'What ends it early: a list, or none. Must be written.',
    ),
    recoverWithin: duration(secondMs, 24 * 60 * minuteMs)
      .prefault('300s')
      .describe('How soon after the fault the hypothesis has to hold again. Default: 300s.'),
    owner: text('write the name of a team or a person', /^(?=.*\S).{1,100}$/)
      .exactOptional()
      .describe('Who mends what it finds: belay chaos findings.'),
    retestWithin: duration(60 * minuteMs, 365 * 24 * 60 * minuteMs)
      .prefault('30d')
      .describe('How soon it is to be run again after it did not pass. Default: 30d.'),
    allowedHours: allowedHoursSchema
      .exactOptional()
      .describe('The only hours in which the fault may be there. Default: any.'),
    override: overrideSchema
      .exactOptional()
      .describe('Goes ahead during a freeze. Leave it out of specs that are kept.'),
    dryRun: flag().prefault(false).describe('Resolve and check everything, and inject nothing.'),
  },
  {
    name: 'write experiment',
    service: 'write services: [name]',
    intensity: 'write it in fault',
    metrics: 'write hypothesis',
    stopWhen: 'write stopConditions',
    rollback: 'leave it out: every fault is removed, always',
    recovery: 'write recoverWithin',
  },
)
  .check(judgedBy(judgeExperiment))
  .transform((written): ChaosExperimentSpec => {
    const { duration: durationMs, steadyState, every, stopConditions, recoverWithin } = written;
    const { kind, environment, experiment, services, databases = [] } = written;
    const { target, blastRadius } = written;
    const { mostOfTarget, fault, hypothesis, allowedHours, override, dryRun } = written;
    const { owner, retestWithin: retestWithinMs } = written;
    const measures = new Map(hypothesis.map(({ name, source }) => [name, source.of]));
    return {
      ...{ kind, environment, experiment, services, databases, target, blastRadius },
      ...{ mostOfTarget, fault, hypothesis, dryRun, durationMs },
      ...{ steadyStateMs: steadyState, everyMs: every, recoverWithinMs: recoverWithin },
      ...{ retestWithinMs, ...(owner !== undefined && { owner }) },
      stopConditions: resolveStopConditions(stopConditions, measures),
      ...(allowedHours !== undefined && { allowedHours }),
      ...(override !== undefined && { override }),
    };
  });

function judgeExperiment(given: Unfinished): Finding[] {
  const { fault, target, duration: durationMs, steadyState, every } = given;
  const type = isMapping(fault) ? fault['type'] : undefined;
  const tooShort = refuseDurationOf(type, durationMs);
  return [
    ...(tooShort === undefined ? [] : [{ path: ['duration'], message: tooShort }]),
    ...(isMapping(target) ? judgeFaultOfTarget(type, target) : []),
    ...judgeTracks(given),
    ...judgeSamples('duration', durationMs, every),
    ...judgeSamples('steadyState', steadyState, every),
    ...judgeRadius(given),
    ...judgeStopConditions(given),
  ];
}

function judgeSamples(key: string, lengthMs: unknown, everyMs: unknown): Finding[] {
  if (typeof lengthMs !== 'number' || typeof everyMs !== 'number') return [];
  const count = Math.floor(lengthMs / everyMs);
  const said = `${formatDuration(lengthMs)} has ${count} samples with every: ${formatDuration(everyMs)}`;
  if (count < leastSamples) return [{ path: [key], message: `${said}; at least ${leastSamples}` }];
  if (count <= mostSamples) return [];
  return [{ path: [key], message: `${said}; at most ${mostSamples}: sample less often` }];
}

function judgeRadius({ target, blastRadius, mostOfTarget }: Unfinished): Finding[] {
  if (!isMapping(target) || !isMapping(blastRadius)) return [];
  if (target['tracks'] !== undefined) {
    const isUsual = blastRadius['count'] === 1;
    const message = 'is not of tracks: one of both is hit; leave it out, and write tracks.share';
    return isUsual ? [] : [{ path: ['blastRadius'], message }];
  }
  const { agents } = target;
  const { count, percent } = blastRadius;
  if (!Array.isArray(agents)) return [];
  if (typeof count === 'number' && count > agents.length) {
    const message = `${count} is more than target.agents has, ${agents.length}`;
    return [{ path: ['blastRadius', 'count'], message }];
  }
  const isRead = [count ?? percent, mostOfTarget].every((each) => typeof each === 'number');
  if (!isRead) return [];
  const radius = { blastRadius: blastRadius as BlastRadius, mostOfTarget: mostOfTarget as number };
  const message = refuseRadius(radius, agents.length);
  return message === undefined ? [] : [{ path: ['mostOfTarget'], message }];
}
