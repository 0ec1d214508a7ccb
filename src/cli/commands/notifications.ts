import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { InvalidNotifications, loadNotifications } from '../../config/notifications-file.ts';
import { planTrial } from '../../policies/kernel/notifications/trial.ts';
import { actingPerson } from '../acting-person.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { tryChannels, type Tried } from '../notifications/try-channels.ts';
import { print, printJson } from '../output.ts';
import { examples } from './named-service.ts';

interface TestOptions {
  file?: string;
  channel?: string[];
  route?: number;
  json?: boolean;
}

export function createNotificationsCommand(): Command {
  return new Command('notifications')
    .summary('test the notification channels')
    .description('Test the notification settings. Needs no server.')
    .addCommand(createTestCommand());
}

function createTestCommand(): Command {
  return new Command('test')
    .description(
      'Send a notification that says it is a trial to every channel, or to those named, and say ' +
        'what became of it. Reads secrets where the settings say they are, so give it the ' +
        "worker's variables. What it opens in PagerDuty it resolves. Exits with 1 unless all " +
        'were delivered.',
    )
    .addOption(new Option('-f, --file <settings>', 'default: the file of BELAY_NOTIFICATIONS'))
    .addOption(new Option('--channel <name...>', 'only these channels'))
    .addOption(
      new Option(
        '--route <number>',
        'only the channels of this route, in its words, counted from 1',
      )
        .argParser(parseRoute)
        .conflicts('channel'),
    )
    .addOption(new Option('--json', 'print what became of each as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay notifications test',
        'belay notifications test -f notifications.yaml --route 2',
      ),
    )
    .action(test);
}

async function test({ file, channel, route, json }: TestOptions): Promise<void> {
  const path = file ?? loadConfig(process.env).notifications;
  if (path === undefined) {
    throw new CliFailure(
      exitCodes.badInput,
      'No notifications are configured: name a file with --file, or in BELAY_NOTIFICATIONS.',
    );
  }
  const settings = await loadNotifications(path).catch((error: unknown) => {
    if (!(error instanceof InvalidNotifications)) throw error;
    throw new CliFailure(exitCodes.badInput, error.message, { cause: error });
  });
  const trial = planTrial(settings, {
    ...(channel && { channels: channel }),
    ...(route !== undefined && { route }),
  });
  if (!trial.ok) throw new CliFailure(exitCodes.badInput, `${path}: ${trial.problem}`);
  const tried = await tryChannels(trial, actingPerson());
  if (json) printJson(tried);
  else for (const one of tried) print(describe(one));
  const arrived = tried.every(({ result }) => result === 'delivered');
  process.exitCode = arrived ? exitCodes.ok : exitCodes.notDone;
}

function describe(tried: Tried): string {
  const { channel, kind, what, result } = tried;
  const about = tried.result === 'delivered' ? tried.remark : tried.reason;
  const name = `${channel} (${kind})${what === 'resolved' ? ', to resolve it' : ''}`;
  return `${name}: ${result}${about === undefined ? '' : `: ${about}`}`;
}

function parseRoute(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('A route is a whole number, from 1.');
}
