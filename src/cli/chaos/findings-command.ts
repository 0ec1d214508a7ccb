import { Command, Option } from 'commander';
import { readFindings } from '../../contracts/chaos/read-findings.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import type { ChaosFinding } from '../../policies/chaos/list-findings.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor, type Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { createCloseCommand } from './close-finding-command.ts';

interface FindingsOptions {
  environment?: string;
  all?: boolean;
  json?: boolean;
}

export function createFindingsCommand(kinds: readonly AnyKind[]): Command {
  return (
    new Command('findings')
      .summary('list hypotheses that did not hold')
      .description(
        'List the experiments whose last verdict is Failed, LeftBehind, Inconclusive, NotInjected or UndoFailed, ' +
          'or that a stop condition has ended, with who owns the finding and by when it is tried again. A run ' +
          'that passes closes it, or a person. Exits with 1 while one is overdue.',
      )
      // Its own options, and not those of `close`.
      .enablePositionalOptions()
      .addCommand(createCloseCommand(kinds))
      .addOption(environmentOption())
      .addOption(new Option('--all', 'with those that were closed'))
      .addOption(new Option('--json', 'print them as JSON'))
      .addHelpText('after', examples('belay chaos findings', 'belay chaos findings --all --json'))
      .action(async ({ environment, all = false, json }: FindingsOptions) => {
        await withConnections(async (to) => {
          const nowMs = Date.now();
          const filter = environment === undefined ? {} : { environment };
          const found = await readFindings(to.ledger, filter, nowMs);
          const findings = found.filter(({ state }) => all || state !== 'closed');
          if (json) printJson(findings);
          else if (findings.length === 0) print('No finding is open.');
          else print(render(findings, nowMs, pageFor(process.stdout, process.env)));
          if (findings.some(({ state }) => state === 'overdue')) {
            process.exitCode = exitCodes.notDone;
          }
        });
      })
  );
}

function render(findings: readonly ChaosFinding[], nowMs: number, { paint }: Page): string {
  const titles = ['EXPERIMENT', 'STATE', 'VERDICT', 'TIMES', 'SINCE', 'OWNER', 'RETEST BY'];
  const rows = findings.map((each) => [
    paint.bold(`${each.environment}/${each.experiment}`),
    each.state === 'overdue' ? paint.red(each.state) : each.state,
    each.outcome,
    String(each.times),
    formatAge(each.sinceMs, { nowMs }),
    each.owner ?? 'nobody',
    retest(each),
  ]);
  const reasons = findings.map(
    ({ environment, experiment, reason }) => `${environment}/${experiment}: ${reason}`,
  );
  const table = renderTable([titles.map((title) => paint.dim(title)), ...rows], { indent: 0 });
  return [...table, '', ...reasons].join('\n');
}

function retest({ closedBy, closure, retestByMs }: ChaosFinding): string {
  if (closedBy !== undefined) return `passed in ${closedBy}`;
  if (closure !== undefined) return `closed by ${closure.by}: ${closure.why}`;
  return new Date(retestByMs).toISOString().slice(0, 10);
}
