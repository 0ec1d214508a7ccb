import { Command } from 'commander';
import { createCheckCommand } from '../chaos/check-command.ts';
import { createFindingsCommand } from '../chaos/findings-command.ts';
import { createHaltCommand } from '../chaos/halt-command.ts';
import { createListCommand } from '../chaos/list-command.ts';
import { createPreviewCommand, createRunCommand } from '../chaos/run-commands.ts';
import type { RunRegistry } from '../registry.ts';

export function createChaosCommand(registry: RunRegistry): Command {
  const command = new Command('chaos')
    .summary('inject faults, and see whether a hypothesis holds')
    .description(
      'Inject a fault into a part of what you run, watch whether a hypothesis holds although it is ' +
        'there, and remove it: also where the worker, the agent or Temporal has died meanwhile.',
    );
  const own = [
    createCheckCommand(registry),
    createPreviewCommand(registry),
    createRunCommand(registry),
    createHaltCommand(registry.kinds),
    createListCommand(),
    createFindingsCommand(registry.kinds),
  ];
  for (const each of own) command.addCommand(each);
  return command;
}
