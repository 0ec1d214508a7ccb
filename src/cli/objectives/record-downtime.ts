import { randomBytes } from 'node:crypto';
import type { Downtime } from '../../contracts/objectives/downtime.ts';
import { hourMs, minuteMs } from '../../contracts/objectives/minute.ts';
import { writeComposites } from '../../contracts/objectives/write-composites.ts';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { downMinutes, usualRequests } from '../../policies/objectives/downtime/down-minutes.ts';
import { problemsOfDowntime } from '../../policies/objectives/downtime/problems-of-downtime.ts';
import { appliedExclusions } from '../../policies/objectives/exclusions/judge-exclusion.ts';
import { hoursOf } from '../../policies/objectives/spans.ts';
import { byTime, tallyMinutes } from '../../policies/objectives/tally.ts';
import { updateHour } from '../../policies/objectives/update-hour.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { isMonitored } from './read-report.ts';
import { readStates } from './read-states.ts';
import { readSpan, type WrittenSpan } from './time-span-options.ts';

export interface WrittenDowntime extends WrittenSpan {
  environment: string;
  objective?: readonly string[];
  service?: readonly string[];
  /** Every objective of the environment is meant. */
  all?: boolean;
  why: string;
}

type Store = Pick<
  ObjectiveStore,
  'listStates' | 'listDowntimes' | 'writeDowntime' | 'listMinutes' | 'updateHours'
>;

const dayMs = 24 * hourMs;

/** Records minutes by hand. What is wrong is told all at once, and nothing is recorded then. */
export async function recordDowntime(
  store: Store,
  { environment, objective, service, all: isAll = false, why, ...times }: WrittenDowntime,
  { by, nowMs }: { by: string; nowMs: number },
): Promise<Downtime> {
  const all = (await readStates(store, environment)).filter(isMonitored).flatMap(({ spec }) => {
    return spec.objectives;
  });
  const { span, problems } = readSpan(times);
  if (why.trim() === '') problems.push('--why: is empty; say what happened');
  const isNamed = objective !== undefined || service !== undefined;
  if (!isNamed && !isAll) {
    problems.push(
      `--objective, --service: name what was down, or give --all for every objective of ${environment}`,
    );
  }
  if (isNamed && isAll) problems.push('--all: leave it out beside --objective or --service');
  problems.push(
    ...unknownNames(
      '--objective',
      objective,
      all.map(({ name }) => name),
    ),
  );
  problems.push(
    ...unknownNames('--service', service, [...new Set(all.map((each) => each.service))]),
  );
  const meant = all.filter(
    (each) => (objective?.includes(each.name) ?? true) && (service?.includes(each.service) ?? true),
  );
  const objectives = meant.map(({ name }) => name);
  if (problems.length === 0 && objectives.length === 0) {
    problems.push('--objective, --service: no objective is both');
  }
  if (span !== undefined) {
    const known = await store.listDowntimes({ environment, ...span });
    problems.push(...problemsOfDowntime({ ...span, objectives }, known, nowMs));
  }
  if (span === undefined || problems.length > 0) {
    const list = problems.map((each) => `  ${each}`).join('\n');
    throw new CliFailure(exitCodes.badInput, `The downtime was not recorded:\n${list}`);
  }
  const downtime: Downtime = {
    ...{ id: `d-${randomBytes(4).toString('hex')}`, environment, objectives, ...span },
    ...{ why, by, recordedAtMs: nowMs },
  };
  await writeMinutes(store, downtime, meant);
  await writeComposites(store, { environment, objectives: all }, hoursOf(span));
  // After its minutes: where this dies among them, it can be recorded again.
  await store.writeDowntime(downtime);
  return downtime;
}

/** Of each objective, how many of its minutes are in maintenance: as long as that counts, they do not. */
export async function excludedMinutes(
  store: Pick<Store, 'listStates'> & Pick<ObjectiveStore, 'listExclusions'>,
  { environment, objectives, fromMs, untilMs }: Downtime,
): Promise<{ objective: string; minutes: number }[]> {
  const exclusions = await store.listExclusions({ environment, fromMs, untilMs });
  const states = await readStates(store, environment);
  const measured = states.filter(isMonitored).flatMap(({ spec }) => spec.objectives);
  return measured
    .filter(({ name }) => objectives.includes(name))
    .map(({ name, service }) => {
      const applied = appliedExclusions(service, exclusions);
      const { excludedMs } = tallyMinutes(
        new Map(),
        { fromMs, untilMs },
        { exclusions: applied, isGood: () => undefined },
      );
      return { objective: name, minutes: excludedMs / minuteMs };
    })
    .filter(({ minutes }) => minutes > 0);
}

function unknownNames(
  option: string,
  given: readonly string[] = [],
  known: readonly string[] = [],
): string[] {
  return given
    .filter((name) => !known.includes(name))
    .map((name) => `${option}: there is no ${name}; there are ${known.join(', ')}`);
}

async function writeMinutes(
  store: Store,
  { environment, objectives, fromMs, untilMs, why, by }: Downtime,
  meant: readonly Objective[],
): Promise<void> {
  const before = { fromMs: fromMs - dayMs, untilMs: fromMs };
  const minutes = await store.listMinutes({ environment, objectives, ...before });
  const byName = new Map(meant.map((each) => [each.name, each]));
  const hours = objectives.flatMap((name) =>
    hoursOf({ fromMs, untilMs }).map((atMs) => ({ objective: name, atMs })),
  );
  await store.updateHours(environment, hours, (known) => {
    const objective = byName.get(known.objective);
    if (objective === undefined) return undefined;
    const within = {
      fromMs: Math.max(fromMs, known.atMs),
      untilMs: Math.min(untilMs, known.atMs + hourMs),
    };
    const found = downMinutes(objective, within, {
      known: byTime(known.minutes),
      usual: usualRequests(minutes.get(objective.name) ?? []),
      why: `${by}: ${why}`.slice(0, 300),
    });
    return updateHour(objective, known, found);
  });
}
