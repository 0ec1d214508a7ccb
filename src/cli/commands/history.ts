import { InvalidArgumentError, Option, Command } from 'commander';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import { renderReport } from '../../render/rollouts/render-report.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { renderHistory } from '../render/lists.ts';
import { paintFor } from '../render/page.ts';
import { parseServiceName, type TypedName } from '../service-name.ts';
import type { Connections } from '../connections.ts';
import { environmentOption, examples } from './named-service.ts';

interface HistoryOptions {
  environment?: string;
  limit: number;
  report?: string;
  json?: boolean;
}

export function createHistoryCommand(): Command {
  return new Command('history')
    .argument('[service]', 'SERVICE, or ENVIRONMENT/SERVICE (default: all)')
    .summary('what has been rolled out, and how it ended')
    .description('List closed rollouts from the ledger, which outlives what Temporal keeps.')
    .addOption(environmentOption())
    .addOption(
      new Option('-n, --limit <count>', 'how many, the newest first')
        .argParser(parseCount)
        .default(20),
    )
    .addOption(new Option('--report <rollout>', 'one report in full, as Markdown'))
    .addOption(new Option('--json', 'print whole reports as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay history',
        'belay history shop --limit 5',
        'belay history shop --report 20250102T101500-1a2b3c4d',
        "belay history --json | jq -r '.[].outcome'",
      ),
    )
    .action((typed: string | undefined, options: HistoryOptions) =>
      withConnections(async (to) => {
        const { environment } = options;
        const asked =
          typed === undefined
            ? { ...(environment !== undefined && { environment }) }
            : parseServiceName(typed, environment);
        if (options.report === undefined) await printReports(asked, options, to);
        else await showReport(asked, options.report, options, to);
      }),
    );
}

async function printReports(
  asked: Partial<TypedName>,
  { limit, json }: HistoryOptions,
  to: Connections,
): Promise<void> {
  const reports = await listReports(to.ledger, { ...asked, limit });
  if (json) printJson(reports);
  else
    print(
      renderHistory(reports, { nowMs: Date.now(), paint: paintFor(process.stdout, process.env) }),
    );
}

async function showReport(
  asked: Partial<TypedName>,
  rolloutId: string,
  { json }: HistoryOptions,
  to: Connections,
): Promise<void> {
  const [report] = await listReports(to.ledger, { ...asked, runRef: rolloutId, limit: 1 });
  if (!report) {
    throw new CliFailure(
      exitCodes.badInput,
      `The ledger has no rollout ${rolloutId}${asked.service === undefined ? '' : ` of ${asked.service}`}. ` +
        'List those it has with: belay history',
    );
  }
  if (json) printJson(report);
  else print(renderReport(report));
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Write a whole number from 1.');
}
