import { Command } from 'commander';
import type { AnyKind } from '../kinds/kind.ts';
import { commandName } from '../kinds/command-name.ts';
import { verbsWithPlainCommands } from '../kinds/verbs.ts';
import { packageVersion } from '../config/package-version.ts';
import { everyRun, type LazyRunRegistry } from './registry.ts';

/** A command is read when it is needed: all of them together take several times as long as most commands. */
interface Entry {
  name: string;
  create: (registry: LazyRunRegistry) => Promise<Command>;
}

type Group = readonly [heading: string, entries: readonly Entry[]];

function groupsFor(kinds: readonly AnyKind[]): readonly Group[] {
  return [
    [
      'Start:',
      [
        {
          name: 'deploy',
          create: async () => (await import('./commands/deploy.ts')).createDeployCommand(),
        },
        {
          name: 'start',
          create: async (registry) =>
            (await import('./commands/start.ts')).createStartCommand(await registry.load()),
        },
        {
          name: 'schedule',
          create: async (registry) =>
            (await import('./commands/schedule.ts')).createScheduleCommand(await registry.load()),
        },
        {
          name: 'spec',
          create: async (registry) =>
            (await import('./commands/spec.ts')).createSpecCommand(await registry.load()),
        },
        {
          name: 'retry',
          create: async (registry) =>
            (await import('./commands/retry.ts')).createRetryCommand(await registry.load()),
        },
        {
          name: 'undo',
          create: async ({ kinds }) =>
            (await import('./commands/undo.ts')).createUndoCommand(kinds),
        },
      ],
    ],
    [
      'See:',
      [
        {
          name: 'list',
          create: async ({ kinds }) =>
            (await import('./commands/list.ts')).createListCommand(kinds),
        },
        {
          name: 'status',
          create: async ({ kinds }) =>
            (await import('./commands/status.ts')).createStatusCommand(kinds),
        },
        {
          name: 'watch',
          create: async ({ kinds }) =>
            (await import('./commands/watch.ts')).createWatchCommand(kinds),
        },
        {
          name: 'logs',
          create: async () => (await import('./commands/logs.ts')).createLogsCommand(),
        },
        {
          name: 'history',
          create: async ({ kinds }) =>
            (await import('./commands/history.ts')).createHistoryCommand(kinds),
        },
        {
          name: 'report',
          create: async ({ kinds }) =>
            (await import('./commands/report.ts')).createReportCommand(kinds),
        },
        {
          name: 'dora',
          create: async ({ kinds }) =>
            (await import('./commands/dora.ts')).createDoraCommand(kinds),
        },
        {
          name: 'cost',
          create: async ({ kinds }) =>
            (await import('./commands/cost.ts')).createCostCommand(kinds),
        },
        {
          name: 'status-page',
          create: async () => (await import('./commands/status-page.ts')).createStatusPageCommand(),
        },
        {
          name: 'audit',
          create: async ({ kinds }) =>
            (await import('./commands/audit.ts')).createAuditCommand(kinds),
        },
      ],
    ],
    ['Decide:', verbsWithPlainCommands(kinds).map(verbEntry)],
    [
      'Back up:',
      [
        {
          name: 'backup',
          create: async (registry) =>
            (await import('./commands/backup.ts')).createBackupCommand(registry),
        },
      ],
    ],
    [
      'Recover:',
      [
        {
          name: 'database',
          create: async (registry) =>
            (await import('./commands/database.ts')).createDatabaseCommand(registry),
        },
        {
          name: 'region',
          create: async (registry) =>
            (await import('./commands/region.ts')).createRegionCommand(registry),
        },
        {
          name: 'incident',
          create: async ({ kinds }) =>
            (await import('./commands/incident.ts')).createIncidentCommand(kinds),
        },
        {
          name: 'playbook',
          create: async (registry) =>
            (await import('./commands/playbook.ts')).createPlaybookCommand(await registry.load()),
        },
      ],
    ],
    [
      'Break on purpose:',
      [
        {
          name: 'chaos',
          create: async (registry) =>
            (await import('./commands/chaos.ts')).createChaosCommand(await registry.load()),
        },
      ],
    ],
    [
      'Measure:',
      [
        {
          name: 'slo',
          create: async (registry) =>
            (await import('./commands/slo.ts')).createSloCommand(await registry.load()),
        },
      ],
    ],
    [
      'Change control:',
      [
        {
          name: 'freeze',
          create: async () => (await import('./commands/freeze.ts')).createFreezeCommand(),
        },
        {
          name: 'thaw',
          create: async () => (await import('./commands/thaw.ts')).createThawCommand(),
        },
        {
          name: 'freezes',
          create: async () => (await import('./commands/freezes.ts')).createFreezesCommand(),
        },
        {
          name: 'lever',
          create: async () => (await import('./commands/lever.ts')).createLeverCommand(),
        },
      ],
    ],
    [
      'Machine:',
      [
        {
          name: 'up',
          create: async () => (await import('./commands/up.ts')).createUpCommand(),
        },
        {
          name: 'down',
          create: async () => (await import('./commands/down.ts')).createDownCommand(),
        },
        {
          name: 'worker',
          create: async () => (await import('./commands/worker.ts')).createWorkerCommand(),
        },
        {
          name: 'gateway',
          create: async () => (await import('./commands/gateway.ts')).createGatewayCommand(),
        },
        {
          name: 'agent',
          create: async () => (await import('./commands/agent.ts')).createAgentCommand(),
        },
        {
          name: 'agents',
          create: async () => (await import('./commands/agents.ts')).createAgentsCommand(),
        },
        {
          name: 'codec-server',
          create: async () =>
            (await import('./commands/codec-server.ts')).createCodecServerCommand(),
        },
        {
          name: 'keys',
          create: async () => (await import('./commands/keys.ts')).createKeysCommand(),
        },
        {
          name: 'doctor',
          create: async () => (await import('./commands/doctor.ts')).createDoctorCommand(),
        },
        {
          name: 'notifications',
          create: async () =>
            (await import('./commands/notifications.ts')).createNotificationsCommand(),
        },
        {
          name: 'temporal',
          create: async () => (await import('./commands/temporal.ts')).createTemporalCommand(),
        },
        {
          name: 'completion',
          create: async (registry) => {
            const { createCompletionCommand } = await import('./commands/completion.ts');
            return createCompletionCommand(() => createProgram(registry));
          },
        },
      ],
    ],
  ];
}

function verbEntry(verb: string): Entry {
  return {
    name: commandName(verb),
    create: async ({ kinds }) => (await import('./commands/verbs.ts')).createPlainVerb(verb, kinds),
  };
}

const complete: Entry = {
  name: '__complete',
  create: async ({ kinds }) =>
    (await import('./commands/completion.ts')).createCompleteCommand(kinds),
};

/**
 * The command line for these kinds of runs: with the command of this name alone where there is one,
 * and with all of them otherwise. Nothing runs before it is parsed.
 */
export async function createProgram(
  registry: LazyRunRegistry = everyRun,
  only?: string,
): Promise<Command> {
  const program = new Command('belay')
    .description(
      'Deployments, backups, recoveries and chaos experiments as durable Temporal workflows: each ' +
        'survives a crash at any point, waits for people where they decide, and undoes what it did.',
    )
    .version(packageVersion(), '-V, --version')
    .enablePositionalOptions()
    .helpCommand('help [command]', 'how to use a command')
    .addHelpText('after', afterHelp);
  const groups = groupsFor(registry.kinds);
  const isKnown = [complete, ...groups.flatMap(([, entries]) => entries)].some(
    ({ name }) => name === only,
  );
  const isWanted = ({ name }: Entry) => !isKnown || name === only;
  for (const [heading, entries] of groups) {
    program.commandsGroup(heading);
    for (const entry of entries.filter(isWanted)) {
      program.addCommand(await entry.create(registry));
    }
  }
  if (isWanted(complete)) program.addCommand(await complete.create(registry), { hidden: true });
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
