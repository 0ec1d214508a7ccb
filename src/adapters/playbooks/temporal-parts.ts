import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type {
  ChildName,
  PartInputs,
  PartOutcome,
} from '../../contracts/recovery/playbooks/activities.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type {
  WorkerActionPart,
  WorkerProbePart,
} from '../../contracts/recovery/playbooks/worker-parts.ts';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import { ownWorkflowTypes } from '../../kinds/own-workflow-types.ts';
import { judgeTemporal } from '../temporal/judge-answer.ts';
import { attemptCheck } from './attempt-check.ts';

interface Asked {
  client: Client;
  guard: Guard;
}

interface Described {
  status: string;
  isOpen: boolean;
  type: string;
  runId: string;
  historyLength: number;
  parentWorkflowId: string | undefined;
  parentRunId: string | undefined;
}

export function describeWorkflow(asked: Asked): WorkerProbePart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        await describe(asked, inputs);
        return { problems: [], seen: [] };
      }),
    ask: async (inputs) => {
      const found = await describe(asked, inputs);
      const source = String(inputs['workflowId']);
      if (found === undefined) {
        const outputs = {
          ...{ found: false, open: false, status: '', type: '', runId: '', historyLength: 0 },
        };
        return {
          passed: false,
          outputs,
          seen: [{ what: 'workflow', source, value: 'there is none' }],
        };
      }
      const { status, isOpen: open, type, runId, historyLength } = found;
      const value = `${status}, ${historyLength} events`;
      return {
        passed: open,
        outputs: { found: true, open, status, type, runId, historyLength },
        seen: [{ what: type, source, value }],
      };
    },
  };
}

type Send = (
  workflow: { client: Client; workflowId: string; runId: string },
  inputs: PartInputs,
) => Promise<unknown>;

export function signalWorkflow(asked: Asked): WorkerActionPart {
  return onOpenWorkflow(asked, 'signalled', ({ client, workflowId, runId }, inputs) => {
    const { signal, argument } = inputs;
    const args = argument === undefined ? [] : [argument];
    return client.workflow.getHandle(workflowId, runId).signal(String(signal), ...args);
  });
}

export function cancelWorkflow(asked: Asked): WorkerActionPart {
  return onOpenWorkflow(asked, 'cancelled', ({ client, workflowId, runId }) =>
    client.workflow.getHandle(workflowId, runId).cancel(),
  );
}

export function terminateWorkflow(asked: Asked): WorkerActionPart {
  return onOpenWorkflow(asked, 'terminated', ({ client, workflowId, runId }) =>
    client.workflow.getHandle(workflowId, runId).terminate('a playbook'),
  );
}

/** The run is fixed by the check, so that an attempt which comes late cannot hit the next one. */
function onOpenWorkflow(asked: Asked, what: string, send: Send): WorkerActionPart {
  return {
    check: (inputs) =>
      attemptCheck(async () => {
        const source = String(inputs['workflowId']);
        const found = await describe(asked, inputs);
        if (!found?.isOpen) {
          const value = found === undefined ? 'there is none' : `it is ${found.status}`;
          return { problems: [`${source} is not open: ${value}`], seen: [] };
        }
        if (ownWorkflowTypes.has(found.type)) {
          const message = `${source} is a ${found.type} of Belay, which answers people alone: use belay.run, or its verbs`;
          return { problems: [message], seen: [] };
        }
        const before = { runId: found.runId, status: found.status };
        return { problems: [], before, seen: [{ what: 'workflow', source, value: found.status }] };
      }),
    perform: async ({ inputs, before }): Promise<PartOutcome> => {
      const { runId, status } = before as { runId: string; status: string };
      const workflowId = String(inputs['workflowId']);
      try {
        await ask(asked, () => send({ client: asked.client, workflowId, runId }, inputs));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw new PartError('refused', `${workflowId} has ended meanwhile`, { cause: error });
      }
      return { outputs: { runId, status }, seen: [{ what, source: workflowId, value: runId }] };
    },
  };
}

/** Only a run that this one started, whatever else has its workflow ID. */
export function createAbortChild(asked: Asked): (child: ChildName) => Promise<boolean> {
  return async ({ workflowId, parentWorkflowId, parentRunIds, abort }) => {
    const found = await describe(asked, { workflowId });
    if (!found?.isOpen || found.parentWorkflowId !== parentWorkflowId) return true;
    if (!parentRunIds.includes(found.parentRunId ?? '')) return true;
    if (abort === undefined) return false;
    try {
      const handle = asked.client.workflow.getHandle(workflowId, found.runId);
      await ask(asked, () => handle.signal('abort', abort));
      return false;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  };
}

async function describe(
  asked: Asked,
  { workflowId, runId }: PartInputs,
): Promise<Described | undefined> {
  const run = typeof runId === 'string' ? runId : undefined;
  const handle = asked.client.workflow.getHandle(String(workflowId), run);
  try {
    const {
      status,
      type,
      raw,
      historyLength,
      runId: found,
    } = await ask(asked, () => handle.describe());
    return {
      ...{ status: status.name, type, runId: found, historyLength },
      isOpen: status.name === 'RUNNING' || status.name === 'PAUSED',
      parentWorkflowId: raw.workflowExecutionInfo?.parentExecution?.workflowId ?? undefined,
      parentRunId: raw.workflowExecutionInfo?.parentExecution?.runId ?? undefined,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function ask<T>({ guard }: Asked, call: () => Promise<T>): Promise<T> {
  try {
    return await guard(call, judgeTemporal);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new PartError('unavailable', `Temporal: ${message}`, { cause: error });
  }
}
