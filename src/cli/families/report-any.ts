import type { RunReport } from '../../contracts/kernel/report.ts';
import type { RunStatus } from '../../contracts/kernel/run.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import { renderRunHtml } from '../../render/kernel/html/render-run-html.ts';
import { renderRunReport } from '../../render/kernel/render-run-report.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { pageFor, type Page } from '../render/page.ts';
import { renderRunPage } from '../render/run-page.ts';
import { readKnownRun } from '../runs/known-run.ts';
import { writeHtml } from '../write-html.ts';
import type { ReportOptions } from './family-commands.ts';

type KindOf = (name: string) => AnyKind | undefined;

/** What a family adds to the pages of a run. */
export interface OwnParts {
  /** After the steps of an open or closed run, in a terminal. */
  terminal(run: RunStatus | RunReport, page: Page): string[];
  /** Before the steps of a report. */
  markdown(report: RunReport): string[];
  html(report: RunReport): string[];
}

/** The report of a run, from its steps and their evidence, and what its family adds. */
export async function reportAny(
  run: Lock,
  { runRef, html, json }: ReportOptions,
  { kindOf, own }: { kindOf: KindOf; own?: OwnParts },
  to: Connections,
): Promise<void> {
  const found = await readReported(run, runRef, to);
  const isClosed = 'endedAtMs' in found;
  if (json && !isClosed) throw stillOpen(found);
  if (json) printJson(found);
  else if (html !== undefined) {
    const tone = isClosed ? toneOf(found, kindOf) : 'open';
    const parts = isClosed ? (own?.html(found) ?? []) : [];
    await writeHtml(renderRunHtml({ run: found, tone, own: parts }, Date.now()), html);
  } else if (isClosed) print(renderRunReport(found, own?.markdown(found)));
  else {
    const page = pageFor(process.stdout, process.env);
    print(renderRunPage(found, kindOf(found.kind), page, own?.terminal(found, page)));
  }
}

function toneOf({ kind, outcome }: RunReport, kindOf: KindOf): 'good' | 'bad' {
  return kindOf(kind)?.successes.includes(outcome) ? 'good' : 'bad';
}

async function readReported(
  run: Lock,
  runRef: string | undefined,
  to: Connections,
): Promise<RunStatus | RunReport> {
  const workflowId = workflowIdOf(run, run);
  if (runRef !== undefined) {
    const [report] = await to.ledger.list({ runRef, limit: 1 });
    if (report?.workflowId === workflowId) return report;
  }
  const known = await readKnownRun(run, to);
  const found = known.run ?? (known.end.kind === 'report' ? known.end.report : undefined);
  if (found !== undefined && (runRef === undefined || found.runRef === runRef)) return found;
  const ended =
    known.end?.kind === 'unreported'
      ? ` The last one ${known.end.state}: ${known.end.reason}.`
      : '';
  throw new CliFailure(
    exitCodes.badInput,
    `There is no report of ${workflowId}${runRef === undefined ? '' : ` with the ID ${runRef}`}.${ended} ` +
      'See what there is with: belay history',
  );
}

function stillOpen({ runRef, workflowId }: RunStatus): CliFailure {
  return new CliFailure(
    exitCodes.notDone,
    `${runRef} is still open, so it has no report yet. See where it stands with: ` +
      `belay status ${workflowId} --json`,
  );
}
