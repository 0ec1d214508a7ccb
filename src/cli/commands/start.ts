import { Command, Option } from 'commander';
import { commandsOf } from '../families/families.ts';
import type { StartOptions } from '../families/family-commands.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenRun } from '../runs/given-run.ts';
import { examples } from './named-service.ts';
import { readText } from './spec-file.ts';

export function createStartCommand(registry: RunRegistry): Command {
  const kinds = registry.kinds.map(({ kind }) => kind).join(', ');
  return new Command('start')
    .summary('start a run of any kind from a spec')
    .description(
      `Start the run that a spec describes, as its kind says: ${kinds}. A rollout starts as with ` +
        'belay deploy. If a run with the same workflow ID is open, its kind decides: mostly this is ' +
        'refused (exit code 4).',
    )
    .addOption(
      new Option(
        '-f, --file <spec>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if it succeeds'))
    .addOption(new Option('--dry-run', 'print what it would do; starts nothing'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay start -f examples/canary.yaml --watch',
        'belay start -f examples/canary.yaml --dry-run',
        'cat run.yaml | belay start -f - --json',
      ),
    )
    .action(async (options: StartOptions) => {
      const given = readGivenRun(await readText(options.file), options.file, registry);
      await (await commandsOf(given.kind, registry.kinds)).start(given, options);
    });
}
