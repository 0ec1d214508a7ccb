import { Command } from 'commander';
import { createAgentCommand } from './commands/agent.ts';
import { createAgentsCommand } from './commands/agents.ts';
import { createAuditCommand } from './commands/audit.ts';
import { createCodecServerCommand } from './commands/codec-server.ts';
import { createCompleteCommand, createCompletionCommand } from './commands/completion.ts';
import { createDeployCommand } from './commands/deploy.ts';
import { createDoctorCommand } from './commands/doctor.ts';
import { createDownCommand } from './commands/down.ts';
import { createFreezeCommand } from './commands/freeze.ts';
import { createFreezesCommand } from './commands/freezes.ts';
import { createGatewayCommand } from './commands/gateway.ts';
import { createHistoryCommand } from './commands/history.ts';
import { createKeysCommand } from './commands/keys.ts';
import { createLeverCommand } from './commands/lever.ts';
import { createListCommand } from './commands/list.ts';
import { createLogsCommand } from './commands/logs.ts';
import { createNotificationsCommand } from './commands/notifications.ts';
import { createReportCommand } from './commands/report.ts';
import { createRetryCommand } from './commands/retry.ts';
import { createScheduleCommand } from './commands/schedule.ts';
import { createSpecCommand } from './commands/spec.ts';
import { createStartCommand } from './commands/start.ts';
import { createStatusCommand } from './commands/status.ts';
import { createTemporalCommand } from './commands/temporal.ts';
import { createThawCommand } from './commands/thaw.ts';
import { createUndoCommand } from './commands/undo.ts';
import { createUpCommand } from './commands/up.ts';
import { plainVerbs } from './commands/verbs.ts';
import { createWatchCommand } from './commands/watch.ts';
import { createWorkerCommand } from './commands/worker.ts';
import { everyRun, type RunRegistry } from './registry.ts';
import { packageVersion } from '../config/package-version.ts';

type Group = readonly [heading: string, commands: readonly (() => Command)[]];

function groupsFor(registry: RunRegistry): readonly Group[] {
  const { kinds } = registry;
  return [
    [
      'Start:',
      [
        createDeployCommand,
        () => createStartCommand(registry),
        () => createScheduleCommand(registry),
        () => createSpecCommand(registry),
        () => createRetryCommand(registry),
        () => createUndoCommand(kinds),
      ],
    ],
    [
      'See:',
      [
        () => createListCommand(kinds),
        () => createStatusCommand(kinds),
        () => createWatchCommand(kinds),
        createLogsCommand,
        () => createHistoryCommand(kinds),
        () => createReportCommand(kinds),
        () => createAuditCommand(kinds),
      ],
    ],
    ['Decide:', plainVerbs(kinds)],
    [
      'Change control:',
      [createFreezeCommand, createThawCommand, createFreezesCommand, createLeverCommand],
    ],
    [
      'Machine:',
      [
        createUpCommand,
        createDownCommand,
        createWorkerCommand,
        createGatewayCommand,
        createAgentCommand,
        createAgentsCommand,
        createCodecServerCommand,
        createKeysCommand,
        createDoctorCommand,
        createNotificationsCommand,
        createTemporalCommand,
        createCompletionCommand,
      ],
    ],
  ];
}

/** The whole command line, for these kinds of runs; nothing runs before it is parsed. */
export function createProgram(registry: RunRegistry = everyRun): Command {
  const program = new Command('belay')
    .description(
      'Deployments that survive anything: canary, blue-green, rolling and recreate, as durable ' +
        'Temporal workflows.',
    )
    .version(packageVersion(), '-V, --version')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'how to use a command')
    .addHelpText('after', afterHelp);
  for (const [heading, commands] of groupsFor(registry)) {
    program.commandsGroup(heading);
    for (const create of commands) program.addCommand(create());
  }
  program.addCommand(createCompleteCommand(registry.kinds), { hidden: true });
  for (const command of withDescendants(program)) {
    command.exitOverride().showHelpAfterError(`(belay ${helpName(command)}--help says more)`);
  }
  program.commandsGroup('Machine:');
  return program;
}

function withDescendants(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withDescendants)];
}

/** Without the name of the program. */
function helpName(command: Command): string {
  return command.parent ? `${helpName(command.parent)}${command.name()} ` : '';
}

const afterHelp = `
Example:
  $ belay up                                  everything for one machine, in another terminal
  $ belay deploy -f examples/canary.yaml --watch

Exit codes:
  0  done, promoted      1  rolled back, aborted, refused      2  bad input
  3  could not reach Temporal, a worker or the platform        4  already running

Environment:
  TEMPORAL_*   which Temporal server (default: the one of belay up)
  BELAY_*      where Belay keeps its data, and how patient it is
  BELAY_DEBUG=1 shows where an error comes from; NO_COLOR=1 leaves colours out`;
