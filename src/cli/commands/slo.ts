import { Command } from 'commander';
import { createBudgetCommand } from '../objectives/budget-command.ts';
import { createCheckCommand } from '../objectives/check-command.ts';
import { createDowntimeCommand } from '../objectives/downtime-command.ts';
import { createExcludeCommand } from '../objectives/exclude-command.ts';
import { createExportCommand } from '../objectives/export-command.ts';
import { createImportCommand } from '../objectives/import-command.ts';
import { createReportCommand } from '../objectives/report-command.ts';
import { createRulesCommand } from '../objectives/rules-command.ts';
import { createRunCommand } from '../objectives/run-command.ts';
import { createStatusCommand } from '../objectives/status-command.ts';
import { createWithdrawCommand } from '../objectives/withdraw-command.ts';
import type { RunRegistry } from '../registry.ts';

export function createSloCommand(registry: RunRegistry): Command {
  const command = new Command('slo')
    .summary('service level objectives: how they stand, and what is left of their error budgets')
    .description(
      'Measure the objectives of an environment once a minute, keep what was counted, and say of each ' +
        'whether it is met, breached, or has insufficient data.',
    );
  const own = [
    createCheckCommand(registry),
    createRunCommand(registry),
    createStatusCommand(),
    createBudgetCommand(),
    createReportCommand(),
    createExcludeCommand(),
    createDowntimeCommand(),
    createWithdrawCommand(),
    createRulesCommand(registry),
    createImportCommand(registry),
    createExportCommand(registry),
  ];
  for (const each of own) command.addCommand(each);
  return command;
}
