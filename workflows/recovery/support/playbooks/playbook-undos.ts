import { ApplicationFailure, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import { partNamed } from '../../../../src/policies/recovery/playbooks/parts/table.ts';
import { createAgentActs } from '../../../kernel/agent-acts.ts';
import type { UndoTable } from '../../../kernel/undos.ts';
import { performerOf } from './performers/table.ts';
import { createPlaybookActs } from './playbook-acts.ts';
import type { PlaybookRun, PlaybookUndos } from './playbook-run.ts';

const betweenMs = 2_000;

export function undosOf<Spec>(run: PlaybookRun<Spec>): UndoTable {
  const undos: PlaybookUndos = {
    undoPart: async (part, inputs, before) => {
      const acts = createPlaybookActs(run.settings, `undo ${part}`);
      await acts.undoPart({ part, inputs, before, act: run.fencing.next() });
    },
    undoByAction: async (step, action, inputs) => {
      const part = partNamed(action);
      if (part === undefined) throw new Error(`This version of Belay has no action ${action}`);
      const order = { title: `undo ${step}`, undoes: step, part, inputs, evidence: {} };
      const performer = performerOf(part);
      const { problems, before } = await performer.check(run, order);
      if (problems.length > 0) {
        throw ApplicationFailure.nonRetryable(problems.join('; '), failureTypes.targetRefused);
      }
      await performer.perform(run, { ...order, isUndoable: false, before });
    },
    revertLease: async (agent, lease) => {
      await createAgentActs(agent, run.fencing).revertLease(lease);
    },
    abortChild: async (workflowId, parentRunIds) => {
      const { abortChild } = createPlaybookActs(run.settings, `abort ${workflowId}`);
      const untilMs = Date.now() + run.settings.undoBudgetMs;
      const child = { workflowId, parentWorkflowId: run.status.workflowId, parentRunIds };
      const abort = { by: run.status.workflowId, why: run.status.reason ?? 'it is undone' };
      let isOver = await abortChild({ ...child, abort });
      while (!isOver) {
        if (Date.now() > untilMs) {
          throw ApplicationFailure.nonRetryable(
            `${workflowId} is still open: see belay status ${workflowId}`,
            failureTypes.targetUnavailable,
          );
        }
        await sleep(betweenMs, { summary: `until ${workflowId} is undone` });
        isOver = await abortChild(child);
      }
    },
  };
  return { ...undos };
}
