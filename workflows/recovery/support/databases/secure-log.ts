import { ParentClosePolicy, startChild, ChildWorkflowCancellationType } from '@temporalio/workflow';
import { kindNamed } from '../../../../src/kinds/registry.ts';
import { backupOfNode } from '../../../../src/policies/recovery/databases/backup-of-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { asChild } from '../../../kernel/child-run.ts';
import { resolveSpec } from '../../../kernel/resolve-spec.ts';
import type { DatabaseRun } from './database-run.ts';
import { tryStep } from '../try-step.ts';

const archivedWithinMs = 60_000;

/**
 * The log of the new primary arrives where it can be restored from, and a full backup of it begins.
 * Neither can take a promotion back: what fails is missing at the end, and says what to do.
 */
export async function secureLog<Spec>(run: DatabaseRun<Spec>, node: DatabaseNode): Promise<void> {
  const isArchived = await proveArchiving(run, node);
  if (run.plan.backup !== undefined) await startBackup(run, node, run.plan.backup);
  else if (isArchived) {
    run.note(
      `make a full backup of ${node.name}: belay backup run -f PLAN --type full. With \`backup\` in the plan of the database, it is started by itself`,
    );
  }
}

/** Returns whether a repository expects the log of this node. */
async function proveArchiving<Spec>(run: DatabaseRun<Spec>, node: DatabaseNode): Promise<boolean> {
  let isArchived = true;
  const name = `prove that the log of ${node.name} is archived`;
  const failed = await tryStep(run, { name, source: node.agent }, async ({ prove }) => {
    const { segment, repositories } = await run.node(node).proveArchiving(archivedWithinMs);
    const where =
      repositories.length > 0 ? repositories.join(', ') : 'where archive_command puts it';
    const value = segment === undefined ? 'it is not archived' : `${segment} arrived in ${where}`;
    prove({ what: 'segment', source: node.agent, value });
    isArchived = segment !== undefined;
  });
  if (failed === undefined) return isArchived;
  run.missing.push(
    `${name}: ${failed}. Until it is, nothing after the promotion can be restored: correct it, then make a full backup`,
  );
  return true;
}

/** It waits for the permit of this run by itself, and goes on when this run has ended. */
async function startBackup<Spec>(
  run: DatabaseRun<Spec>,
  node: DatabaseNode,
  backup: Readonly<Record<string, unknown>>,
): Promise<void> {
  const name = `start a full backup of ${node.name}`;
  const failed = await tryStep(run, { name, source: node.agent }, async ({ prove }) => {
    const kind = kindNamed('backup');
    if (kind === undefined) throw new Error('this version of Belay makes no backups');
    const spec = backupOfNode(backup, node);
    const resolved = await resolveSpec('backup', spec);
    const subject = kind.subject(resolved.spec as never);
    const child = asChild(kind, {
      ...{ subject, spec },
      request: {
        requestId: `${run.id}/backup`,
        by: run.request?.by ?? run.status.workflowId,
        why: `after ${run.status.workflowId}`,
      },
      startedBy: `the run that made ${node.name} the primary`,
    });
    await startChild(kind.workflowType, {
      ...child,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
    });
    prove({ what: 'started', source: child.workflowId, value: `of ${node.agent}/${node.cluster}` });
  });
  if (failed !== undefined) {
    run.missing.push(`${name}: ${failed}. Make one: belay backup run -f PLAN --type full`);
  }
}
