import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import type { LazyRunRegistry } from '../registry.ts';
import type { ShowDatabaseOptions } from './show-database.ts';

export function createDatabaseStatusCommand(registry: LazyRunRegistry): Command {
  return new Command('status')
    .summary('who watches a database, what is under way, and which node is not fenced yet')
    .description(
      'Show the open runs of one database: its watch, a recovery that is under way, and every former ' +
        'primary that is to be fenced as soon as its host is back.',
    )
    .addOption(
      new Option(
        '-f, --file <plan>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples('belay database status -f examples/database/shop.yaml'))
    .action(async (options: ShowDatabaseOptions) => {
      const { showDatabase } = await import('./show-database.ts');
      await showDatabase(options, await registry.load());
    });
}
