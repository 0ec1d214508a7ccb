import type { RunStatus } from '../../contracts/kernel/run.ts';
import { databaseKinds, fenceSubject } from '../../kinds/databases.ts';
import { parseWorkflowId, workflowIdOf } from '../../kinds/locks.ts';
import type { DatabasePlan } from '../../specs/recovery/database-plan.ts';
import { readText } from '../commands/spec-file.ts';
import { withConnections, type Connections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { readGivenPlan } from '../plans/given-plan.ts';
import type { RunRegistry } from '../registry.ts';
import { pageFor } from '../render/page.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { queryStatus } from '../runs/query-status.ts';
import { isWorkerAway } from '../runs/unanswered.ts';
import { databasePlan } from './database-commands.ts';
import { renderDatabase, type DatabaseRunShown } from './render-database.ts';

export interface ShowDatabaseOptions {
  file: string;
  json?: boolean;
}

/** The open runs of the database of a plan. */
export async function showDatabase(
  { file, json }: ShowDatabaseOptions,
  registry: RunRegistry,
): Promise<void> {
  const text = await readText(file);
  const of = { of: databasePlan, kind: databasePlan.kind };
  const { spec } = readGivenPlan({ text, file }, of, {}, registry);
  await withConnections(async (to) => {
    const runs = await readOpenRuns(spec as DatabasePlan, to);
    if (json) printJson(runs);
    else print(renderDatabase(runs, pageFor(process.stdout, process.env)));
  });
}

async function readOpenRuns(
  { environment, database, nodes }: DatabasePlan,
  to: Connections,
): Promise<DatabaseRunShown[]> {
  const subject = { environment, name: database };
  const plan = { environment, database };
  const fences = nodes.map(({ name }) => ({
    node: name,
    workflowId: workflowIdOf(databaseKinds.fence, fenceSubject({ plan, node: name })),
  }));
  const ids = [
    ...fences,
    { workflowId: workflowIdOf(databaseKinds.databaseWatch, subject) },
    { workflowId: workflowIdOf(databaseKinds.failover, subject) },
  ];
  const read = await Promise.all(ids.map((each) => readOpen(each, to)));
  return read.filter((each) => each !== undefined);
}

async function readOpen(
  { workflowId, node }: { workflowId: string; node?: string },
  to: Connections,
): Promise<DatabaseRunShown | undefined> {
  const lock = parseWorkflowId(workflowId);
  if (lock === undefined || (await openRunUnder(lock, to)) === undefined) return undefined;
  const shown = { workflowId, ...(node !== undefined && { unfenced: node }) };
  try {
    const { kind, phase, now } = await queryStatus<RunStatus>(await to.temporal(), workflowId);
    return { ...shown, kind, phase, now };
  } catch (error) {
    if (!isWorkerAway(error)) throw error;
    return { ...shown, kind: lock.lock, phase: 'unknown', now: 'no worker answers' };
  }
}
