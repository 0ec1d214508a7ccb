import type {
  WorkflowAction,
  WorkflowProbe,
} from '../../../../../src/policies/recovery/playbooks/parts/table.ts';
import type { Part } from '../../../../../src/contracts/recovery/playbooks/part.ts';
import type { ActionPerformer, ProbePerformer } from '../performer.ts';
import { agentCommand, agentLease, agentProbe } from './agents.ts';
import { belayRun } from './belay-run.ts';
import { byWorker } from './by-worker.ts';
import { sqlExecute, sqlQuery } from './sql.ts';

/** What no activity of a worker does. */
const actions: Readonly<Record<WorkflowAction, ActionPerformer>> = {
  'agent.command': agentCommand,
  'agent.lease': agentLease,
  'sql.execute': sqlExecute,
  'belay.run': belayRun,
};

const probes: Readonly<Record<WorkflowProbe, ProbePerformer>> = {
  'agent.probe': agentProbe,
  'sql.query': sqlQuery,
};

export function performerOf({ name, by }: Part): ActionPerformer {
  return by === 'worker' ? byWorker : actions[name as WorkflowAction];
}

export function proberOf({ name, by }: Part): ProbePerformer {
  return by === 'worker' ? byWorker : probes[name as WorkflowProbe];
}
