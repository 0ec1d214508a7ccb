import { Command } from 'commander';
import { createCatalogueCommands } from '../backups/catalogue-commands.ts';
import { createPlanCommands } from '../backups/plan-commands.ts';
import { createRetireCommand } from '../backups/retire-command.ts';
import { createPlanScheduleCommand } from '../backups/schedule-command.ts';
import type { LazyRunRegistry } from '../registry.ts';

export function createBackupCommand(registry: LazyRunRegistry): Command {
  const command = new Command('backup')
    .summary('back up, verify and restore')
    .description(
      'Back up databases, files and objects of Kubernetes by the agents of their hosts, as a plan says.',
    );
  const own = [
    ...createPlanCommands(registry),
    createPlanScheduleCommand(registry),
    createRetireCommand(registry),
    ...createCatalogueCommands(registry),
  ];
  for (const each of own) command.addCommand(each);
  return command;
}
