import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import type { LazyRunRegistry } from '../registry.ts';
import type { RetireOptions } from './retire-plan.ts';

/** For a plan whose source is no more: its sets stay, and nobody misses new ones. */
export function createRetireCommand(registry: LazyRunRegistry): Command {
  return new Command('retire')
    .argument('<plan>', 'NAME or ENVIRONMENT/NAME')
    .summary('expect no more backups of a plan')
    .description(
      'Delete the schedules of a plan, and expect nothing of it any more: it is not late in lists, ' +
        'metrics and alerts. Its sets stay, are listed and can be restored; nothing expires any more ' +
        'unless `belay backup expire` is run. The next backup of the plan takes this back.',
    )
    .addOption(new Option('-e, --environment <name>', 'its environment'))
    .addOption(new Option('--why <text>', 'shown beside it'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples("belay backup retire prod/shop --why 'replaced by wiki'"))
    .action(async (plan: string, options: RetireOptions) => {
      const { retirePlan } = await import('./retire-plan.ts');
      await retirePlan(plan, options, registry);
    });
}
