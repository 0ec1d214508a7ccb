import { Command } from 'commander';
import { createPlanCommand } from '../plans/plan-command.ts';
import { regionCommands, regionPlan } from '../regions/region-commands.ts';
import type { LazyRunRegistry } from '../registry.ts';

export function createRegionCommand(registry: LazyRunRegistry): Command {
  const command = new Command('region')
    .summary('move to another region, and back')
    .description(
      'Move what belongs together from one region to another, as a plan says: databases, ' +
        'services, and the names by which clients find them.',
    );
  for (const each of regionCommands) {
    command.addCommand(createPlanCommand(each, regionPlan, registry));
  }
  return command;
}
