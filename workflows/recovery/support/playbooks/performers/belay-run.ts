import {
  ApplicationFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { failureTypes } from '../../../../../src/contracts/kernel/failures.ts';
import type { RunReport } from '../../../../../src/contracts/kernel/report.ts';
import type { AnyKind, Subject } from '../../../../../src/kinds/kind.ts';
import { workflowIdOf } from '../../../../../src/kinds/locks.ts';
import { kindNamed } from '../../../../../src/kinds/registry.ts';
import { asChild } from '../../../../kernel/child-run.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { resolveSpec } from '../../../../kernel/resolve-spec.ts';
import { createPlaybookActs } from '../playbook-acts.ts';
import type { ActionPerformer, Order } from '../performer.ts';

/** Another kind is known by its spec alone, and started by its workflow type. */
export const belayRun: ActionPerformer = {
  check: async (run, order) => {
    const read = await readChild(order);
    if (!read.ok) return { problems: [read.problem], seen: [] };
    const { workflowId } = read;
    const { askPart } = createPlaybookActs(run.settings, `describe ${workflowId}`);
    const { outputs } = await askPart({ part: 'temporal.workflow', inputs: { workflowId } });
    const isOpen = outputs['open'] === true;
    return {
      problems: isOpen ? [`${workflowId} is open: see belay status ${workflowId}`] : [],
      seen: [{ what: 'run', source: read.kind.kind, value: read.workflowId }],
    };
  },
  perform: async (run, order) => {
    const read = await readChild(order);
    if (!read.ok) throw ApplicationFailure.nonRetryable(read.problem, failureTypes.invalidSpec);
    const { kind, workflowId, subject, spec } = read;
    if (order.isUndoable) {
      const { runId, firstExecutionRunId } = workflowInfo();
      const parents = [runId, firstExecutionRunId];
      run.undo.arm(`abort ${workflowId} if it is open`, 'abortChild', workflowId, parents);
    }
    const report = (await executeChild(kind.workflowType, {
      ...asChild(kind, {
        subject,
        spec,
        request: {
          requestId: `${run.id}/${order.title}`,
          by: run.request?.by ?? run.status.workflowId,
          why: `step ${order.title} of ${run.status.workflowId}`,
        },
        startedBy: 'a playbook',
      }),
      parentClosePolicy: ParentClosePolicy.ABANDON,
    })) as RunReport;
    const { outcome, reason, runRef } = report;
    if (!kind.successes.includes(outcome)) {
      throw ApplicationFailure.nonRetryable(
        `${workflowId} ended as ${outcome}: ${reason}`,
        failureTypes.targetRefused,
      );
    }
    return {
      outputs: { outcome, reason, runRef, workflowId },
      seen: [{ what: kind.kind, source: workflowId, value: `${outcome}: ${reason}` }],
    };
  },
};

type ReadChild =
  | {
      ok: true;
      kind: AnyKind;
      workflowId: string;
      subject: Subject;
      spec: unknown;
    }
  | { ok: false; problem: string };

async function readChild({ inputs }: Order): Promise<ReadChild> {
  const name = String(inputs['kind']);
  const kind = kindNamed(name);
  if (kind === undefined) return { ok: false, problem: `there is no kind of run ${name}` };
  const spec = { kind: name, ...(inputs['spec'] as object) };
  try {
    const resolved = await resolveSpec(name, spec);
    const subject = kind.subject(resolved.spec as never);
    return { ok: true, kind, workflowId: workflowIdOf(kind, subject), subject, spec };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ok: false, problem: reasonOf(error) };
  }
}
