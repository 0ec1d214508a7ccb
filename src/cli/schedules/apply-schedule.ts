import {
  applySchedule,
  readSchedule,
  type ScheduleOrder,
} from '../../adapters/temporal/schedules.ts';
import type { ScheduledStart } from '../../contracts/kernel/schedules.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { scheduleIdOf } from '../../kinds/schedule-id.ts';
import { clockChangesOf } from '../../policies/kernel/schedules/clock-changes.ts';
import { describeChanges } from '../../policies/kernel/describe-changes.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { resolveSchedule } from '../../specs/kernel/resolve-schedule.ts';
import type { ScheduleSpec } from '../../specs/kernel/schedule.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import type { Connections } from '../connections.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenRun } from '../runs/given-run.ts';

export interface AppliedSchedule {
  scheduleId: string;
  state: 'created' | 'changed' | 'unchanged';
  changes: string[];
  schedule: ScheduleSpec;
  nextAtMs: number[];
}

export type ReadSchedule = Pick<ScheduleOrder, 'start' | 'schedule'>;

/** The schedule that a file describes, and the run that it starts. Every problem of both comes at once. */
export function readScheduleFile(text: string, file: string, registry: RunRegistry): ReadSchedule {
  const { kind, subject, asWritten, schedule } = readGivenRun(text, file, registry, (input, own) =>
    checkSchedule(input['schedule'], own, registry.kinds),
  );
  const resolution = resolveSchedule(schedule);
  if (!resolution.ok) throw new Error('The schedule was checked, and is not valid now');
  const start: ScheduledStart = {
    scheduleId: scheduleIdOf(kind, subject, resolution.spec.name),
    kind: kind.kind,
    workflowType: kind.workflowType,
    workflowId: workflowIdOf(kind, subject),
    ...{ subject, spec: asWritten, schedule },
  };
  return { start, schedule: resolution.spec };
}

function checkSchedule(
  schedule: unknown,
  { kind, schedulable }: AnyKind,
  kinds: readonly AnyKind[],
): SpecProblem[] {
  if (schedulable) {
    const resolution = resolveSchedule(schedule);
    return resolution.ok ? [] : resolution.problems;
  }
  const others = kinds.filter((each) => each.schedulable).map((each) => each.kind);
  const accepted =
    others.length === 0
      ? 'no kind that there is may be'
      : `those that may be: ${others.join(', ')}`;
  return [{ path: 'kind', message: `${showGiven(kind)} may not be scheduled; ${accepted}` }];
}

/** Creates the schedule, or brings it to what the file says. Doing it again changes nothing. */
export async function apply(order: ReadSchedule, to: Connections): Promise<AppliedSchedule> {
  const client = await to.temporal();
  const { taskQueue } = to.config;
  const before = await applySchedule(client, {
    ...{ ...order, taskQueue },
    ...onceADay(order.schedule, Date.now()),
  });
  const { scheduleId } = order.start;
  const changes =
    before === undefined
      ? []
      : describeChanges(asCompared(before), asCompared({ ...order, taskQueue }));
  const known = await readSchedule(client, scheduleId, 0);
  return {
    scheduleId,
    state: before === undefined ? 'created' : changes.length === 0 ? 'unchanged' : 'changed',
    changes,
    schedule: order.schedule,
    nextAtMs: known?.nextAtMs ?? [],
  };
}

const tenYearsMs = 10 * 366 * 86_400_000;
/** Later than a time that is left out by the second, so that it is not left out itself. */
const besideMs = 1_000;

/**
 * Temporal leaves out a time that the clocks leave out, and may start twice at one that there is
 * twice. What is worked out here reaches ten years; applying the schedule again renews it.
 */
function onceADay(
  schedule: ScheduleSpec,
  nowMs: number,
): Pick<ScheduleOrder, 'alsoAtMs' | 'except'> {
  const { madeUpAtMs, repeated } = clockChangesOf(schedule, nowMs, nowMs + tenYearsMs);
  return {
    alsoAtMs: [...madeUpAtMs, ...repeated.map(({ firstAtMs }) => firstAtMs + besideMs)],
    except: repeated.map(({ wall }) => wall),
  };
}

function asCompared({ start, taskQueue }: { start: ScheduledStart; taskQueue: string }) {
  return { schedule: start.schedule, spec: start.spec, taskQueue };
}
