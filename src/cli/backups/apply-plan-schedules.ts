import { readSchedule } from '../../adapters/temporal/schedules.ts';
import { readText } from '../commands/spec-file.ts';
import { withConnections, type Connections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { formatMoment, pageFor } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { apply, type AppliedSchedule } from '../schedules/apply-schedule.ts';
import { describeTiming } from '../schedules/render-schedules.ts';
import { readPlanSchedules, type PlannedSchedule } from './plan-schedules.ts';

export interface ScheduleOptions {
  file: string;
  json?: boolean;
}

type Applied =
  | ({ key: string } & AppliedSchedule)
  | { key: string; scheduleId: string; state: 'deleted' | 'absent' };

/** Creates and changes the schedules that a plan asks for, and deletes those that it does not want. */
export async function applyPlanSchedules(
  { file, json }: ScheduleOptions,
  registry: RunRegistry,
): Promise<void> {
  const planned = readPlanSchedules({ text: await readText(file), file }, registry);
  await withConnections(async (to) => {
    const applied: Applied[] = [];
    for (const each of planned) applied.push(await applyOne(each, to));
    if (json) printJson(applied);
    else print(renderApplied(applied));
  });
}

async function applyOne(
  { key, start, schedule }: PlannedSchedule,
  to: Connections,
): Promise<Applied> {
  if (schedule !== undefined) return { key, ...(await apply({ start, schedule }, to)) };
  const client = await to.temporal();
  const { scheduleId } = start;
  const known = await readSchedule(client, scheduleId, 0);
  if (known === undefined) return { key, scheduleId, state: 'absent' };
  await client.schedule.getHandle(scheduleId).delete();
  return { key, scheduleId, state: 'deleted' };
}

function renderApplied(applied: readonly Applied[]): string {
  const page = pageFor(process.stdout, process.env);
  const rows = applied.map((one) => {
    if (one.state === 'absent') return [one.key, page.paint.dim('never'), '', ''];
    if (!('schedule' in one)) return [one.key, one.state, '', one.scheduleId];
    const [next] = one.nextAtMs;
    const when = next === undefined ? '' : `next ${formatMoment(next, page)}`;
    return [one.key, one.state, `${describeTiming(one.schedule)}  ${when}`, one.scheduleId];
  });
  return renderTable(rows, { indent: 0 }).join('\n');
}
