import { describeRun } from '../../adapters/temporal/describe-run.ts';
import type { BackupDetails, RetainedSet } from '../../contracts/backups/details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { StartOptions } from '../families/family-commands.ts';
import { print, printJson } from '../output.ts';
import { pageFor, type Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import type { GivenRun } from '../runs/given-run.ts';
import { readRunEnd } from '../runs/run-end.ts';
import { startRun } from '../runs/start-run.ts';

/** Starts a run that changes nothing, waits for it, and prints what it would do. */
export async function showDryRun(
  { kind, subject, asWritten }: GivenRun,
  { json, as, why }: StartOptions,
): Promise<void> {
  await withConnections(async (to) => {
    const client = await to.temporal();
    const { taskQueue } = to.config;
    const started = await startRun(client, {
      ...{ kind, subject, asWritten, taskQueue, by: actingPerson(as) },
      ...(why !== undefined && { why }),
    });
    if (started.state === 'open') {
      const { workflowId } = started.open;
      throw new CliFailure(
        exitCodes.alreadyRunning,
        `${workflowId} is running already. Wait for it with: belay watch ${workflowId}`,
      );
    }
    const { workflowId, runId } = started;
    await client.workflow
      .getHandle(workflowId, runId)
      .result()
      .catch(() => undefined);
    const closed = await describeRun(client, workflowId, runId);
    if (closed === undefined) throw new CliFailure(exitCodes.notDone, `${workflowId} is gone.`);
    const end = await readRunEnd(client, closed);
    if (end.kind === 'unreported') throw new CliFailure(exitCodes.notDone, end.reason);
    if (json) printJson(end.report);
    else
      print(
        renderDryRun(end.report as RunReport<BackupDetails>, pageFor(process.stdout, process.env)),
      );
    if (!kind.successes.includes(end.report.outcome)) process.exitCode = exitCodes.notDone;
  });
}

function renderDryRun(
  { reason, steps = [], notes, details }: RunReport<BackupDetails>,
  page: Page,
): string {
  const evidence = steps.flatMap((step) =>
    step.evidence.map(({ what, source, value }) => [what, value, page.paint.dim(source)]),
  );
  const { retention } = details;
  return [
    ...(retention === undefined
      ? renderTable(evidence, { indent: 0 })
      : retainedRows(retention, page)),
    '',
    `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    ...notes.map((note) => `Note: ${note}`),
  ].join('\n');
}

function retainedRows(sets: readonly RetainedSet[], { paint }: Page): string[] {
  const titles = ['COMPONENT', 'REPOSITORY', 'SET', '', 'WHY'];
  return renderTable(
    [
      titles.map((title) => paint.dim(title)),
      ...sets.map(({ component, repository, label, fate, why }) => [
        component,
        repository,
        paint.bold(shortLabel(label)),
        fate === 'kept' ? paint.green(fate) : paint.yellow(fate),
        why,
      ]),
    ],
    { indent: 0 },
  );
}
