import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import { commandsOf } from '../families/families.ts';
import { showDryRun } from '../plans/show-dry-run.ts';
import type { RunRegistry } from '../registry.ts';
import { readExperiment } from './given-experiment.ts';

interface RunOptions {
  file: string;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

export function createRunCommand(registry: RunRegistry): Command {
  return withFile(new Command('run'))
    .summary('run an experiment or a campaign')
    .description(
      'Run the experiment of a file. It is refused where anything speaks against it on any of its ' +
        'hosts, and then nothing is injected anywhere. `belay chaos halt` removes its faults at once. ' +
        'A campaign runs its experiments one after the other.',
    )
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if it passed'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addHelpText(
      'after',
      examples('belay chaos run -f examples/chaos/freeze.yaml --watch --why "before the sale"'),
    )
    .action(async ({ file, ...options }: RunOptions) => {
      const given = await readExperiment(file, registry);
      const family = await commandsOf(given.kind, registry.kinds);
      await family.start(given, { file, ...options });
    });
}

export function createPreviewCommand(registry: RunRegistry): Command {
  return withFile(new Command('preview'))
    .summary('print what an experiment or a campaign would hit')
    .description(
      'Resolve the target of an experiment, check everything that could refuse it on its hosts, ask ' +
        'what it measures once, and inject nothing. Exits with 1 if it could not be run now.',
    )
    .addHelpText('after', examples('belay chaos preview -f examples/chaos/freeze.yaml'))
    .action(async ({ file, ...options }: RunOptions) => {
      const given = await readExperiment(file, registry);
      const asWritten = { ...given.asWritten, dryRun: true };
      await showDryRun({ ...given, asWritten }, { file, ...options });
    });
}

function withFile(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-f, --file <file>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'));
}
