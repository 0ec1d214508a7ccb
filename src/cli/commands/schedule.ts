import { Command, Option } from 'commander';
import {
  listScheduleIds,
  readSchedule,
  resumeSchedule,
  triggerSchedule,
  type KnownSchedule,
} from '../../adapters/temporal/schedules.ts';
import { parseScheduleId } from '../../kinds/schedule-id.ts';
import type { KindFilter } from '../../kinds/select-kinds.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { formatMoment, pageFor } from '../render/page.ts';
import { workerAnswerMs } from '../runs/unanswered.ts';
import { apply, readScheduleFile, type AppliedSchedule } from '../schedules/apply-schedule.ts';
import { findSchedule } from '../schedules/find-schedule.ts';
import {
  describeTiming,
  renderSchedule,
  renderScheduleList,
} from '../schedules/render-schedules.ts';
import { examples } from './named-service.ts';
import { chosenKinds, withKindOptions } from './run-command.ts';
import { readText } from './spec-file.ts';

interface JsonOption {
  json?: boolean;
}

export function createScheduleCommand(registry: RunRegistry): Command {
  const own = [
    createApplyCommand(registry),
    createListCommand(registry),
    createShowCommand(),
    createPauseCommand('pause'),
    createPauseCommand('resume'),
    createRunNowCommand(),
    createDeleteCommand(),
  ];
  const command = new Command('schedule')
    .summary('start runs at set times')
    .description(
      'Start runs at set times, by Temporal Schedules: a file holds the spec of a run and, beside it, ' +
        'its schedule. A start while the run is open is skipped, and counted.',
    );
  for (const each of own) command.addCommand(each);
  return command;
}

function createApplyCommand(registry: RunRegistry): Command {
  return new Command('apply')
    .summary('create a schedule from a file, or change it')
    .description(
      'Create the schedule that a file describes, or bring it to what the file says, and say what ' +
        'changed. The file is the spec of a run with a key `schedule`: one of cron, every and calendar; ' +
        'zone (UTC), jitter (none), catchUp (1h), and a name where a run has more than one.',
    )
    .addOption(
      new Option(
        '-f, --file <spec>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples('belay schedule apply -f nightly.yaml'))
    .action(async ({ file, json }: JsonOption & { file: string }) => {
      const order = readScheduleFile(await readText(file), file, registry);
      await withConnections(async (to) => {
        const applied = await apply(order, to);
        if (json) printJson(applied);
        else print(describeApplied(applied));
      });
    });
}

function describeApplied({ scheduleId, state, changes, schedule, nextAtMs }: AppliedSchedule) {
  const page = pageFor(process.stdout, process.env);
  const [next] = nextAtMs;
  return [
    `${scheduleId} is ${state}: ${describeTiming(schedule)}`,
    ...changes.map((change) => `  ${change}`),
    next === undefined
      ? '  It has no next start: belay schedule show says why'
      : `  next      ${formatMoment(next, page)}`,
    `  see it    belay schedule show ${scheduleId}`,
  ].join('\n');
}

function createListCommand({ kinds }: RunRegistry): Command {
  return withKindOptions(new Command('list'), kinds)
    .description('List the schedules of runs, with their next and last starts.')
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', examples('belay schedule list', 'belay schedule list --json'))
    .action(({ json, ...filter }: JsonOption & KindFilter) =>
      withConnections(async (to) => {
        const names = chosenKinds(kinds, filter).map(({ kind }) => kind);
        const isFiltered = Object.keys(filter).length > 0;
        const ids = (await listScheduleIds(await to.temporal())).filter(
          (id) => !isFiltered || names.includes(parseScheduleId(id)?.kind ?? ''),
        );
        const schedules = await readAll(ids, to);
        if (json) printJson(schedules);
        else print(renderScheduleList(schedules, pageFor(process.stdout, process.env)));
      }),
    );
}

async function readAll(ids: readonly string[], to: Connections): Promise<KnownSchedule[]> {
  const client = await to.temporal();
  const read = await Promise.all(ids.map((id) => readSchedule(client, id, 1)));
  return read.filter((schedule) => schedule !== undefined);
}

const mostShown = 10;

function createShowCommand(): Command {
  return scheduleCommand('show')
    .description('Show one schedule: its next starts, and what became of the last ones.')
    .addHelpText('after', examples('belay schedule show backup/prod/orders'))
    .action((typed: string, { json }: JsonOption) =>
      withConnections(async (to) => {
        const client = await to.temporal();
        const scheduleId = await findSchedule(client, typed);
        const schedule = await readSchedule(client, scheduleId, mostShown);
        if (schedule === undefined) throw gone(scheduleId);
        if (json) printJson(schedule);
        else print(renderSchedule(schedule, pageFor(process.stdout, process.env)));
      }),
    );
}

interface PauseOptions extends JsonOption {
  why?: string;
  as?: string;
}

function createPauseCommand(action: 'pause' | 'resume'): Command {
  const done = action === 'pause' ? 'Paused' : 'Resumed';
  return scheduleCommand(action)
    .description(
      action === 'pause'
        ? 'Start nothing more, until the schedule is resumed. What runs goes on.'
        : 'Start at the set times again. Starts that a pause left out are not made up for.',
    )
    .addOption(new Option('--why <text>', 'shown with the schedule'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addHelpText('after', examples(`belay schedule ${action} nightly --why "migration"`))
    .action((typed: string, { why, as, json }: PauseOptions) =>
      withConnections(async (to) => {
        const client = await to.temporal();
        const scheduleId = await findSchedule(client, typed);
        const note = `${done} by ${actingPerson(as)}${why === undefined ? '' : `: ${why}`}`;
        await (action === 'pause'
          ? client.schedule.getHandle(scheduleId).pause(note)
          : resumeSchedule(client, scheduleId, note));
        if (json) printJson({ scheduleId, paused: action === 'pause', note });
        else print(`${scheduleId}: ${note}`);
      }),
    );
}

function createRunNowCommand(): Command {
  return scheduleCommand('run-now')
    .description(
      'Start the run of a schedule now, beside its set times. Exits with 4 if the run is open: this ' +
        'start is skipped then.',
    )
    .addHelpText('after', examples('belay schedule run-now nightly'))
    .action((typed: string, { json }: JsonOption) =>
      withConnections(async (to) => {
        const client = await to.temporal();
        const scheduleId = await findSchedule(client, typed);
        const outcome = await triggerSchedule(client, scheduleId, workerAnswerMs);
        if (json) printJson({ scheduleId, ...outcome, answered: outcome !== undefined });
        if (outcome === undefined) {
          remark('No worker answered within 10 s; it starts when a worker runs (belay worker).');
        } else if (outcome.outcome === 'skipped') {
          throw new CliFailure(exitCodes.alreadyRunning, `Skipped: ${outcome.reason}.`);
        } else if (!json) {
          print(`Started ${outcome.workflowId}. Follow it with: belay watch ${outcome.workflowId}`);
        }
      }),
    );
}

function createDeleteCommand(): Command {
  return scheduleCommand('delete')
    .description('Delete a schedule. What it has started goes on.')
    .addHelpText('after', examples('belay schedule delete nightly'))
    .action((typed: string, { json }: JsonOption) =>
      withConnections(async (to) => {
        const client = await to.temporal();
        const scheduleId = await findSchedule(client, typed);
        await client.schedule.getHandle(scheduleId).delete();
        if (json) printJson({ scheduleId, deleted: true });
        else print(`${scheduleId} is deleted. What it has started goes on.`);
      }),
    );
}

function scheduleCommand(name: string): Command {
  return new Command(name)
    .argument('<schedule>', 'its ID, its run (ENVIRONMENT/NAME), or its name')
    .addOption(new Option('--json', 'print the answer as JSON'));
}

function gone(scheduleId: string): CliFailure {
  return new CliFailure(exitCodes.badInput, `${scheduleId} has just been deleted.`);
}
