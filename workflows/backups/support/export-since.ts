import { isCancellation } from '@temporalio/workflow';
import type { LossOfLog } from '../../../src/contracts/backups/search.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { formatBytes } from '../../../src/render/backups/bytes.ts';
import type { PointInTimeSpec } from '../../../src/specs/backups/point-in-time.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { PointInTimeRun } from './searched-copy.ts';
import { tryStep } from './try-step.ts';

/** Why rows could not be exported, before anything is done. */
export async function refuseExport(
  run: PointInTimeRun,
  { export: wanted, check: { database } }: PointInTimeSpec,
  { component, isUp }: { component: Component; isUp: boolean },
): Promise<string[]> {
  if (wanted === undefined) return [];
  if (!isUp)
    return [`export: the server of ${component.name} does not run: start it, or leave it out`];
  try {
    const { problems } = await run.search(component).examineExport({ database, ...wanted });
    return problems.map((problem) => `export: ${problem}`);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [`export: ${reasonOf(error)}`];
  }
}

/**
 * Rows of the former database that were written since. Where that fails, the recovery goes on: they are in
 * the data folder that is kept.
 */
export async function exportSince(
  run: PointInTimeRun,
  { export: wanted, check: { database } }: PointInTimeSpec,
  { component, loss }: { component: Component; loss: LossOfLog },
): Promise<void> {
  if (wanted === undefined) return;
  const { name, agent } = component;
  const { oldestXid } = loss;
  if (oldestXid === undefined) {
    run.note(`no rows of ${name} were exported: nobody knows since which transaction`);
    return;
  }
  const acts = run.search(component);
  const act = acts.nextStep();
  const tried = await tryStep(run, `export what ${name} has since`, async ({ prove }) => {
    const exported = await acts.exportRows(act, oldestXid, { database, ...wanted });
    for (const { table, rows, bytes } of exported.tables) {
      prove({ what: table, source: agent, value: `${rows} rows (${formatBytes(bytes)})` });
    }
    return exported;
  });
  if (!tried.ok) {
    run.note(`rows of ${name} that were written since were not exported: ${tried.reason}`);
    return;
  }
  if (run.found.search) run.found.search = { ...run.found.search, exported: tried.value };
  const rows = tried.value.tables.reduce((sum, table) => sum + table.rows, 0);
  run.note(`${rows} rows that were written since are in ${tried.value.folder} on ${agent}`);
}
