import { Command, InvalidArgumentError, Option } from 'commander';
import {
  changeControlMessages,
  type Freeze,
  type FreezeInput,
} from '../../contracts/kernel/change-control.ts';
import { nextWindow } from '../../policies/kernel/change-control/active-freezes.ts';
import { readFreeze } from '../../policies/kernel/change-control/read-freeze.ts';
import { parseDuration } from '../../specs/kernel/duration.ts';
import { actingPerson } from '../acting-person.ts';
import { readCalendarFile } from '../change-control/calendar-file.ts';
import { environmentArgument } from '../change-control/environment-argument.ts';
import { reportTold, tell } from '../change-control/tell.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { formatBothMoments } from '../render/page.ts';
import { tracedCommand } from '../traced-command.ts';
import { examples } from './named-service.ts';

interface FreezeOptions {
  why: string;
  until?: string;
  for?: number;
  service?: string[];
  every?: string;
  calendar?: string;
  as?: string;
  json?: boolean;
}

export function createFreezeCommand(): Command {
  return new Command('freeze')
    .summary('let nothing start that changes an environment')
    .description(
      'Freeze an environment, or some of its services: rollouts, trains, migrations and chaos are ' +
        'refused, unless they override the freeze with a name and a reason. What runs goes on; ' +
        'rollbacks and aborts are never refused.',
    )
    .addArgument(environmentArgument('<environment>', 'such as prod'))
    .addOption(new Option('--why <text>', 'told to everybody who is refused').makeOptionMandatory())
    .addOption(
      new Option(
        '--until <time>',
        'with its offset: 2026-12-24T18:00+01:00 (default: until it is thawed)',
      ),
    )
    .addOption(
      new Option('--for <duration>', 'in place of --until: 90m, 2h, 3d')
        .argParser(readLength)
        .conflicts('until'),
    )
    .addOption(new Option('--service <name...>', 'only these services (default: all of them)'))
    .addOption(
      new Option(
        '--every <window>',
        'only in this window of each week: "Fri 16:00 to Mon 08:00 Europe/Berlin", "weekends UTC"',
      ),
    )
    .addOption(
      new Option(
        '--calendar <file>',
        'only in the windows of this file, YAML or JSON: docs/change-control.md',
      ).conflicts('every'),
    )
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay freeze prod --why "Black Friday" --until 2026-12-01T08:00+01:00',
        'belay freeze prod --why "database upgrade" --for 2h --service shop --service cart',
        'belay freeze prod --why "nobody is in" --every "Fri 16:00 to Mon 08:00 Europe/Berlin"',
      ),
    )
    .action((environment: string, options: FreezeOptions) =>
      tracedCommand('freeze', () => freeze(environment, options)),
    );
}

async function freeze(environment: string, options: FreezeOptions): Promise<void> {
  const input = await readInput(options);
  const read = readFreeze(input, Date.now());
  if (!read.ok) throw new CliFailure(exitCodes.badInput, `This is no freeze: ${read.reason}`);
  await withConnections(async (to) => {
    const { freeze: name } = changeControlMessages;
    const told = await tell(to, { environment, name, input });
    reportTold(environment, told, {
      ...(options.json !== undefined && { json: options.json }),
      next: told?.freeze === undefined ? [] : nextSteps(environment, told.freeze),
    });
  });
}

async function readInput(options: FreezeOptions): Promise<FreezeInput> {
  const { why, service, every, calendar } = options;
  const until =
    options.for === undefined ? options.until : new Date(Date.now() + options.for).toISOString();
  const written = calendar === undefined ? undefined : await readCalendarFile(calendar);
  return {
    ...{ by: actingPerson(options.as), why },
    ...(until !== undefined && { until }),
    ...(service !== undefined && { services: service }),
    ...(every !== undefined && { every }),
    ...(written !== undefined && { calendar: written as NonNullable<FreezeInput['calendar']> }),
  };
}

function nextSteps(environment: string, freeze: Freeze): string[] {
  const next = nextWindow(freeze, Date.now());
  return [
    ...(freeze.untilMs === undefined
      ? []
      : [`  until     ${formatBothMoments(freeze.untilMs, {})}`]),
    ...(next === undefined
      ? []
      : [
          `  next      ${formatBothMoments(next.fromMs, {})} to ${formatBothMoments(next.untilMs, {})}`,
        ]),
    `  thaw      belay thaw ${environment} --freeze ${freeze.id}`,
    '  override  belay deploy -f SPEC --override-freeze --why REASON',
  ];
}

function readLength(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new InvalidArgumentError('Write a number and s, m, h or d, such as 90m or 2h.');
}
