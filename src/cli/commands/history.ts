import { Command, InvalidArgumentError, Option } from 'commander';
import type { LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';
import type { KindFilter } from '../../kinds/select-kinds.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { commandsOf } from '../families/families.ts';
import { print, printJson } from '../output.ts';
import { renderHistory } from '../render/lists.ts';
import { paintFor } from '../render/page.ts';
import { reportFilter } from '../runs/report-filter.ts';
import { parseRunName } from '../runs/run-name.ts';
import { environmentOption, examples } from './named-service.ts';
import { chosenKinds, withKindOptions } from './run-command.ts';

interface HistoryOptions extends KindFilter {
  environment?: string;
  limit: number;
  report?: string;
  json?: boolean;
}

export function createHistoryCommand(kinds: readonly AnyKind[]): Command {
  return withKindOptions(
    new Command('history')
      .argument('[run]', 'NAME, ENVIRONMENT/NAME, or a workflow ID (default: all)')
      .summary('what has run, and how it ended')
      .description('List closed runs from the ledger, which outlives what Temporal keeps.')
      .addOption(environmentOption())
      .addOption(
        new Option('-n, --limit <count>', 'how many, the newest first')
          .argParser(parseCount)
          .default(20),
      )
      .addOption(new Option('--report <run>', 'one report in full, as Markdown'))
      .addOption(new Option('--json', 'print whole reports as JSON')),
    kinds,
  )
    .addHelpText(
      'after',
      examples(
        'belay history',
        'belay history shop --limit 5',
        'belay history --kind rollback',
        'belay history shop --report 20250102T101500-1a2b3c4d',
        "belay history --json | jq -r '.[].outcome'",
      ),
    )
    .action((typed: string | undefined, options: HistoryOptions) =>
      withConnections(async (to) => {
        const { environment, report, kind, family } = options;
        const only = {
          ...(kind !== undefined && { kind }),
          ...(family !== undefined && { family }),
        };
        chosenKinds(kinds, only);
        const named =
          typed === undefined
            ? { ...(environment !== undefined && { environment }) }
            : parseRunName(typed, { environment, kinds });
        const asked = reportFilter(named, only, kinds);
        if (report === undefined) await printReports(asked, options, kinds, to);
        else await showReport(asked, report, options, kinds, to);
      }),
    );
}

async function printReports(
  asked: LedgerFilter,
  { limit, json }: HistoryOptions,
  kinds: readonly AnyKind[],
  { ledger }: Connections,
): Promise<void> {
  const reports = await ledger.list({ ...asked, limit });
  const page = { nowMs: Date.now(), paint: paintFor(process.stdout, process.env) };
  if (json) printJson(reports);
  else print(renderHistory(reports, page, kinds));
}

async function showReport(
  asked: LedgerFilter,
  runRef: string,
  { json }: HistoryOptions,
  kinds: readonly AnyKind[],
  { ledger }: Connections,
): Promise<void> {
  const [report] = await ledger.list({ ...asked, runRef, limit: 1 });
  if (!report) {
    throw new CliFailure(
      exitCodes.badInput,
      `The ledger has no run ${runRef}${asked.name === undefined ? '' : ` of ${asked.name}`}. ` +
        'List those it has with: belay history',
    );
  }
  const { lock = '' } = parseWorkflowId(report.workflowId) ?? {};
  if (json) printJson(report);
  else print((await commandsOf({ lock }, kinds)).renderReport(report));
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Write a whole number from 1.');
}
