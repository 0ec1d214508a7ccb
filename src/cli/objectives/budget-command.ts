import { Command, Option } from 'commander';
import type { ObjectiveStore } from '../../contracts/objectives/objective-store.ts';
import { spendingCauses, type SpendingCause } from '../../contracts/objectives/spending.ts';
import type { Budget, Standing } from '../../contracts/objectives/standing.ts';
import { showBudgetLeft } from '../../policies/objectives/objective-words.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { pageFor, type Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { readStates } from './read-states.ts';
import { showWindow } from './show-window.ts';

interface BudgetOptions {
  environment?: string;
  json?: boolean;
}

interface ShownBudget extends Budget {
  environment: string;
  objective: string;
  service: string;
  window: string;
  gates: boolean;
  /** Of the window, the share that was measured. */
  coverage: number;
  /** Bad requests of the window by who spent them, as far as runs are known by now. */
  causes: Record<SpendingCause, number>;
}

export function createBudgetCommand(): Command {
  return new Command('budget')
    .summary('what is left of error budgets, and who spent them')
    .description(
      'Show how many bad requests each objective allows for the requests of its window, how many there ' +
        'were, and what went on when they failed. Exits with 1 if a budget is empty.',
    )
    .addOption(environmentOption())
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay slo budget -e prod'))
    .action(async ({ environment, json }: BudgetOptions) => {
      await withConnections(async ({ objectives }) => {
        const states = await readStates(objectives, environment);
        const shown = await Promise.all(
          states.flatMap((state) =>
            state.standings.map((standing) => budgetOf(objectives, state.environment, standing)),
          ),
        );
        const budgets = shown.filter((each) => each !== undefined);
        if (json) printJson(budgets);
        else print(render(budgets, pageFor(process.stdout, process.env)));
        if (budgets.some(({ isEmpty }) => isEmpty)) process.exitCode = exitCodes.notDone;
      });
    });
}

async function budgetOf(
  store: ObjectiveStore,
  environment: string,
  standing: Standing,
): Promise<ShownBudget | undefined> {
  const { objective, service, budget, coverage, fromMs, untilMs, gatesBudget: gates } = standing;
  if (budget === undefined) return undefined;
  const filter = { environment, objectives: [objective], fromMs, untilMs };
  const spending = await store.listSpending(filter);
  const causes = Object.fromEntries(
    spendingCauses.map((cause) => [
      cause,
      spending.reduce((sum, each) => sum + (each.cause === cause ? each.bad : 0), 0),
    ]),
  ) as Record<SpendingCause, number>;
  return {
    environment,
    objective,
    service,
    window: showWindow(standing),
    gates,
    coverage,
    ...budget,
    causes,
  };
}

function render(budgets: readonly ShownBudget[], { paint }: Page): string {
  if (budgets.length === 0) return 'No objective has an error budget.';
  const titles = ['OBJECTIVE', 'WINDOW', 'ALLOWED', 'SPENT', 'LEFT', 'SPENT BY', 'GATE'];
  const rows = budgets.map((each) => [
    ...[paint.bold(`${each.environment}/${each.objective}`), each.window],
    ...[String(Math.floor(each.allowed)), String(each.spent)],
    `${showBudgetLeft(each.remaining, each.coverage)}${each.isEmpty ? ' (empty)' : ''}`,
    spendingCauses
      .filter((cause) => each.causes[cause] > 0)
      .map((cause) => `${cause} ${each.causes[cause]}`)
      .join(', '),
    each.gates ? 'yes' : 'no',
  ]);
  const table = [titles.map((title) => paint.dim(title)), ...rows];
  return renderTable(table, { indent: 0, right: [2, 3] }).join('\n');
}
