/** The chaos experiment of a rollout's stage: what its author leaves out is the rollout's own. */
import * as z from 'zod';
import type { Override } from '../contracts/kernel/change-control.ts';
import { chaosExperimentSchema } from './chaos/experiment.ts';
import { isMapping, type Finding, type Unfinished } from './kernel/finding.ts';
import { refusal } from './kernel/given.ts';
import { describeIssues } from './kernel/issues.ts';

/** An experiment that a rollout starts. The rest of it is for the run that carries it out. */
export interface StageExperiment {
  environment: string;
  experiment: string;
  /** The type of its fault. */
  fault: string;
  steadyStateMs: number;
  durationMs: number;
  /** As it was given, with what is the rollout's own: a spec of kind chaosExperiment. */
  written: Readonly<Record<string, unknown>>;
}

export type WrittenExperiment = Readonly<Record<string, unknown>>;

/** Judged with the whole rollout: alone it is not complete. */
export const writtenExperiment = () =>
  z.record(z.string(), z.unknown(), {
    error: refusal(
      'write the keys of an experiment: target, fault, duration, hypothesis, stopConditions',
    ),
  });

/** What a rollout says of itself, as it was written. */
interface Rollout {
  service?: unknown;
  environment?: unknown;
  target?: unknown;
  override?: Override;
}

const own: Readonly<Record<string, string>> = {
  kind: 'leave it out: it is a chaosExperiment',
  environment: 'leave it out: it is that of the rollout',
  override: 'write it beside service: it is for the rollout and its experiments',
  schedule: 'leave it out: the stage says when it is made',
  dryRun: 'leave it out: preview it by itself, with belay chaos preview',
};

type Path = (string | number)[];

/** Where a rollout has an experiment, and what is written there. */
export interface PlacedExperiment {
  path: Path;
  given: Unfinished;
}

/** Everything that is wrong with the experiments of a rollout. */
export function judgeExperiments(
  rollout: Unfinished,
  placed: readonly PlacedExperiment[],
): Finding[] {
  return placed.flatMap(({ path, given }, index) =>
    [
      ...refuseOwn(given),
      ...refuseKeys(rollout, given),
      ...refuseServices(rollout, given),
      ...refuseTracks(rollout, given),
      ...refuseName(rollout, given, placed.slice(0, index)),
    ].map(({ path: below, message }) => ({ path: [...path, ...below], message })),
  );
}

/** One that is not refused. */
export function readExperiment(rollout: Rollout, given: WrittenExperiment): StageExperiment {
  const written = complete(rollout, given);
  const { environment, experiment, fault, steadyStateMs, durationMs } =
    chaosExperimentSchema.parse(written);
  return { environment, experiment, fault: fault.type, steadyStateMs, durationMs, written };
}

function complete(
  { service, environment, target, override }: Rollout,
  given: WrittenExperiment,
): Readonly<Record<string, unknown>> {
  const written = isMapping(given['target']) ? given['target'] : {};
  const { pods, tracks } = written;
  const others = isMapping(tracks) ? [tracks['service']] : [];
  return {
    experiment: `${String(service).slice(0, 55)}-rollout`,
    services: [...new Set([service, ...others])],
    ...given,
    ...(isMapping(pods) && { target: { ...written, pods: { ...clusterOf(target), ...pods } } }),
    ...{ kind: 'chaosExperiment', environment },
    ...(override !== undefined && { override }),
  };
}

/** Where the rollout's own pods are. */
function clusterOf(target: unknown): Unfinished {
  if (!isMapping(target)) return {};
  const { context, namespace } = target;
  return {
    ...(context !== undefined && { context }),
    ...(namespace !== undefined && { namespace }),
  };
}

function refuseOwn(given: Unfinished): Finding[] {
  return Object.keys(given).flatMap((key) => {
    const message = own[key];
    return message === undefined ? [] : [{ path: [key], message }];
  });
}

/** As an experiment by itself is judged; what is the rollout's own is judged with the rollout. */
function refuseKeys({ service, target }: Unfinished, given: Unfinished): Finding[] {
  const written = Object.keys(given).filter((key) => own[key] === undefined);
  const experiment = Object.fromEntries(written.map((key) => [key, given[key]]));
  const asked = complete({ service, environment: 'rollout', target }, experiment);
  const { error } = chaosExperimentSchema.safeParse(asked);
  const found = error === undefined ? [] : describeIssues(error);
  return found
    .filter(({ path: [key] }) => key === undefined || !filledIn.includes(key) || key in experiment)
    .map(({ path, message }) => ({ path: path.map(asPart), message }));
}

const filledIn: readonly PropertyKey[] = ['experiment', 'services', 'environment'];

function asPart(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part);
}

function refuseServices({ service }: Unfinished, { services }: Unfinished): Finding[] {
  if (!Array.isArray(services) || services.includes(service)) return [];
  const message = `does not have ${String(service)}, which the rollout changes; write it there, too`;
  return [{ path: ['services'], message }];
}

/** A service has two tracks of stable only where no rollout of it is open. */
function refuseTracks({ service }: Unfinished, { target }: Unfinished): Finding[] {
  const tracks = isMapping(target) ? target['tracks'] : undefined;
  if (!isMapping(tracks) || tracks['service'] !== service) return [];
  const message =
    `are of stable, and there are none of ${String(service)} while a rollout of it is open; ` +
    'write target.agents with process or host: true, or make this experiment before the rollout: belay chaos run';
  return [{ path: ['target', 'tracks'], message }];
}

/** A name is a lock, and what is found out is kept by it. */
function refuseName(
  rollout: Unfinished,
  given: Unfinished,
  before: readonly PlacedExperiment[],
): Finding[] {
  const nameOf = (of: Unfinished) => complete(rollout, of)['experiment'];
  const name = nameOf(given);
  if (!before.some((each) => nameOf(each.given) === name)) return [];
  const message = `${String(name)} is that of an earlier stage, too; write another one`;
  return [{ path: ['experiment'], message }];
}
