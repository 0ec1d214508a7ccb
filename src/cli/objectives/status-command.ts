import { Command, Option } from 'commander';
import type { MonitorState } from '../../contracts/objectives/objective-store.ts';
import type { ObjectiveVerdict, Standing } from '../../contracts/objectives/standing.ts';
import { showBudgetLeft, showShare, showValue } from '../../policies/objectives/objective-words.ts';
import { isStale } from '../../policies/objectives/stale-state.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor, type Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { readStates } from './read-states.ts';
import { showWindow } from './show-window.ts';

interface StatusOptions {
  environment?: string;
  json?: boolean;
}

export function createStatusCommand(): Command {
  return new Command('status')
    .summary('whether objectives are met, breached, or have insufficient data')
    .description(
      'Show how each objective stands, as its monitor saw it last. Exits with 0 only if all of them ' +
        'are met and are being measured; no data is never met.',
    )
    .addOption(environmentOption())
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay slo status', 'belay slo status -e prod --json'))
    .action(async ({ environment, json }: StatusOptions) => {
      await withConnections(async ({ objectives }) => {
        const states = await readStates(objectives, environment);
        const nowMs = Date.now();
        const shown = await Promise.all(
          states.map(async (state) => ({
            ...state,
            isStale: isStale(state, nowMs),
            violations: await objectives.listViolations({ environment: state.environment }),
          })),
        );
        if (json) printJson(shown);
        else {
          const page = pageFor(process.stdout, process.env);
          print(shown.map((state) => renderState(state, nowMs, page)).join('\n\n'));
        }
        const isFine = shown.every(
          (state) => !state.isStale && state.standings.every(({ verdict }) => verdict === 'met'),
        );
        if (!isFine) process.exitCode = exitCodes.notDone;
      });
    });
}

type ShownState = MonitorState & { isStale: boolean };

function renderState(state: ShownState, nowMs: number, { paint }: Page): string {
  const { environment, atMs, standings } = state;
  const age = formatAge(atMs, { nowMs });
  const heading = state.isStale
    ? `${paint.bold(environment)}: nothing was measured since ${age}; belay list shows whether the monitor runs`
    : `${paint.bold(environment)}, ${age}`;
  const titles = [
    'OBJECTIVE',
    'SERVICE',
    'VERDICT',
    'VALUE',
    'TARGET',
    'WINDOW',
    'MEASURED',
    'BUDGET LEFT',
  ];
  const rows = standings.map((standing) => [
    ...[paint.bold(standing.objective), standing.service, showVerdict(standing)],
    ...[showValue(standing, standing.value), showValue(standing, standing.target)],
    ...[showWindow(standing), showShare(standing.coverage, Math.floor, 1), budgetLeft(standing)],
  ]);
  return [heading, ...renderTable([titles.map((title) => paint.dim(title)), ...rows])].join('\n');
}

const words: Readonly<Record<ObjectiveVerdict, string>> = {
  met: 'met',
  breached: 'BREACHED',
  insufficient: 'insufficient data',
};

function showVerdict({ verdict, certainly, silence }: Standing): string {
  const sure = certainly ? ', certainly' : '';
  return `${words[verdict]}${sure}${silence === undefined ? '' : ` (no data now: ${silence})`}`;
}

function budgetLeft({ budget, coverage }: Standing): string {
  return budget === undefined ? '' : showBudgetLeft(budget.remaining, coverage);
}
