import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import { commandsOf } from '../families/families.ts';
import type { RunRegistry } from '../registry.ts';
import { readMonitor } from './given-monitor.ts';

interface RunOptions {
  file: string;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

export function createRunCommand(registry: RunRegistry): Command {
  return new Command('run')
    .summary('measure the objectives of an environment')
    .description(
      'Start the monitor of a file: it reads every objective once a minute until `belay abort` stops it. ' +
        'An environment has one. To change its objectives, stop it and start it with the new file: ' +
        'what was measured before stays, and so does what it counts from.',
    )
    .addOption(
      new Option(
        '-f, --file <file>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('-w, --watch', 'follow it until it is stopped'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples('belay slo run -f examples/objectives/local.yaml'))
    .action(async ({ file, ...options }: RunOptions) => {
      const given = await readMonitor(file, registry);
      const family = await commandsOf(given.kind, registry.kinds);
      await family.start(given, { file, ...options });
    });
}
