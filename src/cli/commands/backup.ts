import { Command } from 'commander';
import { createPlanCommands } from '../backups/plan-commands.ts';
import type { RunRegistry } from '../registry.ts';

export function createBackupCommand(registry: RunRegistry): Command {
  const command = new Command('backup')
    .summary('back up, verify and restore')
    .description(
      'Back up databases, files and objects of Kubernetes by the agents of their hosts, as a plan says.',
    );
  for (const each of createPlanCommands(registry)) command.addCommand(each);
  return command;
}
