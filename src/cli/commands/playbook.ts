import { Command } from 'commander';
import { createCheckCommand } from '../recovery/check-command.ts';
import { createActionsCommand, createListCommand } from '../recovery/list-commands.ts';
import { createRehearseCommand } from '../recovery/rehearse-command.ts';
import { createPlanCommand, createRunCommand } from '../recovery/run-commands.ts';
import type { RunRegistry } from '../registry.ts';

export function createPlaybookCommand(registry: RunRegistry): Command {
  const command = new Command('playbook')
    .summary('run, check and rehearse playbooks')
    .description(
      'Run what is to be done in an emergency, written down as steps that undo themselves.',
    );
  const own = [
    createCheckCommand(),
    createPlanCommand(registry),
    createRunCommand(registry),
    createRehearseCommand(),
    createListCommand(),
    createActionsCommand(),
  ];
  for (const each of own) command.addCommand(each);
  return command;
}
