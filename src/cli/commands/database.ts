import { Command } from 'commander';
import {
  databaseCommands,
  databasePlan,
  recoverCommand,
  recoveryPlan,
} from '../databases/database-commands.ts';
import { createDatabaseStatusCommand } from '../databases/status-command.ts';
import { createPlanCommand } from '../plans/plan-command.ts';
import type { LazyRunRegistry } from '../registry.ts';

export function createDatabaseCommand(registry: LazyRunRegistry): Command {
  const command = new Command('database')
    .summary('fail over, switch over, rejoin, and go back in time')
    .description(
      'Recover replicated databases by the agents of their hosts, as a plan says: who may be promoted, ' +
        'when a primary counts as down, and what may be lost.',
    );
  for (const each of databaseCommands) {
    command.addCommand(createPlanCommand(each, databasePlan, registry));
  }
  command.addCommand(createDatabaseStatusCommand(registry));
  command.addCommand(createPlanCommand(recoverCommand, recoveryPlan, registry));
  return command;
}
