import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import { renderHtmlReport } from '../../render/rollouts/html/render-html-report.ts';
import { viewOfReport, viewOfStatus } from '../../render/rollouts/html/report-view.ts';
import { renderReport } from '../../render/rollouts/render-report.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderStatusPage } from '../render/status-page.ts';
import { readKnownRollout, type KnownRollout } from '../rollouts/known-rollout.ts';
import { findReport } from '../rollouts/rollout-end.ts';
import type { ServiceName } from '../service-name.ts';
import {
  examples,
  namedService,
  serviceCommand,
  type NamedServiceOptions,
} from './named-service.ts';

interface ReportOptions extends NamedServiceOptions {
  rollout?: string;
  html?: string;
  json?: boolean;
}

export function createReportCommand(): Command {
  return serviceCommand('report')
    .summary('why a rollout was judged as it was, with charts as HTML')
    .description(
      'Report on the open rollout of a service or, without one, on the last: outcome and reason, ' +
        'stages with their verdicts, measurements, people, undo steps. With --html as one file for ' +
        'a browser, with a chart for each metric; it loads nothing and runs no scripts.',
    )
    .addOption(new Option('--rollout <rollout>', 'a closed one (belay history names them)'))
    .addOption(new Option('--html <file>', 'write it as HTML; - for standard output'))
    .addOption(new Option('--json', 'print the report of a closed one as JSON').conflicts('html'))
    .addHelpText(
      'after',
      examples(
        'belay report shop',
        'belay report shop --html report.html',
        "belay report shop --json | jq -r '.details.version'",
        'belay report demo/shop --rollout 20250102T101500-1a2b3c4d --html - > report.html',
      ),
    )
    .action((typed: string, options: ReportOptions) =>
      withConnections(async (to) => {
        const name = await namedService(typed, options, to);
        const known = await readReported(name, options.rollout, to);
        if (known.unreported !== undefined) remark(withoutReport(known.unreported));
        if (options.json === true) printJson(closedOne(known, name));
        else if (options.html === undefined) print(renderText(known, name));
        else await writeHtml(renderHtml(known, name), options.html);
      }),
    );
}

async function readReported(
  name: ServiceName,
  rolloutId: string | undefined,
  to: Connections,
): Promise<KnownRollout> {
  if (rolloutId === undefined) return readKnownRollout(name, to);
  const report = await findReport(to.ledger, name, rolloutId);
  if (report) return { report };
  const known = await readKnownRollout(name, to);
  if (known.rollout?.rolloutId === rolloutId || known.report?.runRef === rolloutId) return known;
  throw new CliFailure(
    exitCodes.badInput,
    `No rollout ${rolloutId} of ${name.environment}/${name.service} is known here. List those that ` +
      `are with: belay history ${name.environment}/${name.service}`,
  );
}

function closedOne({ rollout, report }: KnownRollout, name: ServiceName): RolloutReport {
  if (report && !rollout) return report;
  if (!rollout) throw nothingToReport(name);
  throw new CliFailure(
    exitCodes.notDone,
    `${rollout.rolloutId} is still open, so it has no report yet. See where it stands with: ` +
      `belay status ${name.environment}/${name.service} --json`,
  );
}

function withoutReport(why: string): string {
  return `The last run ended without a report. ${why}`;
}

function renderText({ rollout, report }: KnownRollout, name: ServiceName): string {
  if (rollout) return renderStatusPage(rollout, pageFor(process.stdout, process.env));
  if (report) return renderReport(report);
  throw nothingToReport(name);
}

function renderHtml({ rollout, report }: KnownRollout, name: ServiceName): string {
  if (rollout) return renderHtmlReport(viewOfStatus(rollout), Date.now());
  if (report) return renderHtmlReport(viewOfReport(report), Date.now());
  throw nothingToReport(name);
}

function nothingToReport({ environment, service }: ServiceName): CliFailure {
  return new CliFailure(
    exitCodes.badInput,
    `There is no report of ${environment}/${service}. See what there is with: belay history`,
  );
}

async function writeHtml(html: string, file: string): Promise<void> {
  if (file === '-') {
    process.stdout.write(html);
    return;
  }
  try {
    await writeFile(file, html);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliFailure(exitCodes.badInput, `The report cannot be written: ${why}`, {
      cause: error,
    });
  }
  print(file);
}
