import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import { renderHtmlReport } from '../../render/rollouts/html/render-html-report.ts';
import { viewOfReport, viewOfStatus } from '../../render/rollouts/html/report-view.ts';
import { renderReport } from '../../render/rollouts/render-report.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { ReportOptions } from '../families/family-commands.ts';
import { print, printJson, remark } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderStatusPage } from '../render/status-page.ts';
import type { ServiceName } from '../service-name.ts';
import { writeHtml } from '../write-html.ts';
import { readKnownRollout, type KnownRollout } from './known-rollout.ts';
import { findReport } from './rollout-end.ts';

/** The report of a rollout, with a chart for each metric as HTML. */
export async function reportRollout(
  name: ServiceName,
  { runRef, html, json }: ReportOptions,
  to: Connections,
): Promise<void> {
  const known = await readReported(name, runRef, to);
  if (known.unreported !== undefined) remark(withoutReport(known.unreported));
  if (json === true) printJson(closedOne(known, name));
  else if (html === undefined) print(renderText(known, name));
  else await writeHtml(renderHtml(known, name), html);
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
