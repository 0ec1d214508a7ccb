import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import type { LazyRunRegistry } from '../registry.ts';
import type { PlanOf } from './given-plan.ts';
import type { PlanOptions } from './start-planned.ts';

/** A command that starts a run about a plan. */
export interface PlanCommand {
  name: string;
  kind: string;
  summary: string;
  description: string;
  options: readonly Option[];
  examples: readonly string[];
}

export function createPlanCommand(
  definition: PlanCommand,
  of: PlanOf,
  registry: LazyRunRegistry,
): Command {
  const command = new Command(definition.name)
    .summary(definition.summary)
    .description(definition.description)
    .addOption(
      new Option(
        '-f, --file <plan>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    );
  for (const option of definition.options) command.addOption(option);
  return command
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if it succeeds'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples(...definition.examples))
    .action(async (options: PlanOptions) => {
      const { startPlanned } = await import('./start-planned.ts');
      await startPlanned({ kind: definition.kind, of, options }, await registry.load());
    });
}
