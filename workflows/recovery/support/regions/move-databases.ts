import { ApplicationFailure, executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import type { MovedDatabase } from '../../../../src/contracts/recovery/region-details.ts';
import { databaseKinds } from '../../../../src/kinds/databases.ts';
import {
  placeDatabase,
  type MoveBy,
} from '../../../../src/policies/recovery/regions/place-database.ts';
import type { RegionDatabase } from '../../../../src/specs/recovery/region-plan.ts';
import { asChild } from '../../../kernel/child-run.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { carryOnAll } from './carry-on-all.ts';
import { examineDatabase, nodeIn } from './examine-group.ts';
import { refusal } from '../databases/examine-nodes.ts';
import type { RegionRun } from './region-run.ts';

/**
 * Each by a run of its own, all at once. People are asked about those that did not move. Fails where none
 * is there at the end: there is a way back then.
 */
export async function moveDatabases<Spec>(run: RegionRun<Spec>, by: MoveBy): Promise<void> {
  const { plan, to } = run.move;
  const { databases } = plan;
  const items = databases.map((database) => ({
    name: `move database ${database.plan.database}`,
    act: (step: OpenStep) => moveDatabase(run, database, by, step),
  }));
  await carryOnAll(run, items);
  if (databases.length > 0 && run.found.databases.length === 0) {
    const given = run.missing.join('; ');
    throw refusal(`no database moved to ${to}: names lead to where they did (not done: ${given})`);
  }
  if (run.found.databases.length === databases.length) run.stamp('writesBackAtMs');
}

async function moveDatabase<Spec>(
  run: RegionRun<Spec>,
  database: RegionDatabase,
  by: MoveBy,
  { prove }: OpenStep,
): Promise<void> {
  const { plan } = database;
  // Also where an earlier attempt, or somebody else, has moved it.
  const place = placeDatabase(await examineDatabase(run, database), by);
  if (place.kind === 'refused') throw refusal(place.reasons.join('; '));
  if (place.kind === 'there') {
    if (place.unproven !== undefined) requireAcceptance(run, plan.database, place.unproven);
    const node = nodeIn(database, run.move.to);
    const value = place.unproven ?? `${node.name} is the primary already`;
    prove({ what: 'primary', source: node.agent, value });
    run.commit();
    run.found.databases.push({ database: plan.database, outcome: 'AlreadyThere' });
    return;
  }
  const moved = await runChild(run, database, by);
  prove({ what: moved.outcome, source: moved.workflowId ?? '', value: moved.reason });
  const { reason: _, ...found } = moved;
  run.commit();
  run.found.databases.push(found);
}

/** It was not so when the move was approved. A person who answers with retry has read this. */
function requireAcceptance<Spec>(run: RegionRun<Spec>, database: string, unproven: string): void {
  const { acceptedUnproven } = run;
  if (acceptedUnproven.has(database)) return;
  acceptedUnproven.add(database);
  throw refusal(`${unproven}. That is new since the move was approved; retry takes it as it is`);
}

async function runChild<Spec>(
  run: RegionRun<Spec>,
  database: RegionDatabase,
  by: MoveBy,
): Promise<MovedDatabase & { reason: string }> {
  const { plan, written } = database;
  const { from, to } = run.move;
  const kind = databaseKinds[by];
  const subject = { environment: plan.environment, name: plan.database };
  const { downSinceMs } = run;
  const former = nodeIn(database, from).name;
  const seen = downSinceMs === undefined ? {} : { seen: { node: former, downSinceMs } };
  const spec = {
    ...{ kind: by, plan: written, to: nodeIn(database, to).name },
    ...(by === 'failover' && { from: former, ...seen }),
  };
  const requestId = `${run.id}/${plan.database}`;
  const why = `${run.kind.kind} ${run.status.workflowId}`;
  const child = asChild(kind, {
    ...{ subject, spec },
    request: { requestId, by: run.request?.by ?? run.status.workflowId, why },
    startedBy: 'a run about its region',
  });
  const report = (await executeChild(kind.workflowType, {
    ...child,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  })) as RunReport;
  const { workflowId } = child;
  const { outcome, reason, details } = report;
  if (!kind.successes.includes(outcome) && outcome !== 'Incomplete') {
    throw ApplicationFailure.nonRetryable(
      `${workflowId} ended as ${outcome}: ${reason}`,
      failureTypes.targetRefused,
    );
  }
  if (outcome === 'Incomplete') run.note(`${workflowId}: ${reason}`);
  const { loss } = details as DatabaseDetails;
  const lost = loss && {
    ...(loss.bytes !== undefined && { bytes: loss.bytes }),
    ...(loss.ms !== undefined && { ms: loss.ms }),
    ...(loss.atLeast === true && { atLeast: loss.atLeast }),
  };
  return { database: plan.database, workflowId, outcome, reason, ...(lost && { loss: lost }) };
}
