import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import {
  agentRecordId,
  agentRecordType,
  agentTaskQueue,
  type AgentDescription,
} from '../../contracts/kernel/agent.ts';

const activityQueue = proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;

/** Long enough that nobody is ever asked to carry a record out. */
const neverCarriedOut = '3650 days';

/** What an agent leaves of itself in Temporal. */
interface WrittenRecord {
  description: AgentDescription;
  hasStopped: boolean;
}

export interface AgentRecord extends WrittenRecord {
  recordedAtMs: number;
}

export interface AgentPoller {
  /** Of the state folder; undefined for whoever is not an agent. */
  instance: string | undefined;
  identity: string;
  lastSeenMs: number;
}

/** How an agent names itself to its queue. */
export function agentIdentity({ name, host, instance }: AgentDescription): string {
  return `agent ${name}@${host}/${instance}`;
}

/** Puts the record in the place of the one before. */
export async function recordAgent(client: Client, record: WrittenRecord): Promise<void> {
  const { name } = record.description;
  const workflowId = agentRecordId(name);
  const before = await readRun(client, workflowId);
  await client.workflow.start(agentRecordType, {
    ...{ workflowId, taskQueue: agentTaskQueue(name), startDelay: neverCarriedOut },
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    memo: { agent: record },
    staticSummary: `agent ${name} on ${record.description.host}`,
  });
  if (before !== undefined) await deleteRun(client, workflowId, before);
}

/** Every agent that was not forgotten. */
export async function listAgentRecords(client: Client): Promise<AgentRecord[]> {
  const found: AgentRecord[] = [];
  const query = `WorkflowType = "${agentRecordType}" AND ExecutionStatus = "Running"`;
  for await (const { memo, startTime } of client.workflow.list({ query })) {
    const record = recordIn(memo);
    if (record) found.push({ ...record, recordedAtMs: startTime.getTime() });
  }
  return found.sort((a, b) => (a.description.name < b.description.name ? -1 : 1));
}

export async function readAgentRecord(
  client: Client,
  agent: string,
): Promise<AgentRecord | undefined> {
  try {
    const { memo, startTime, status } = await client.workflow
      .getHandle(agentRecordId(agent))
      .describe();
    const record = status.name === 'RUNNING' ? recordIn(memo) : undefined;
    return record && { ...record, recordedAtMs: startTime.getTime() };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** False if there is no record of it. */
export async function forgetAgent(client: Client, agent: string): Promise<boolean> {
  const workflowId = agentRecordId(agent);
  if ((await readAgentRecord(client, agent)) === undefined) return false;
  const run = await readRun(client, workflowId);
  await client.workflow.getHandle(workflowId).terminate('the agent was forgotten');
  if (run !== undefined) await deleteRun(client, workflowId, run);
  return true;
}

/** Who has asked the agent's queue for work lately, as long as the server remembers. */
export async function listAgentPollers(client: Client, agent: string): Promise<AgentPoller[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: agentTaskQueue(agent) },
    taskQueueType: activityQueue,
  });
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    instance: /^agent \S+\/([\da-f-]{36})$/.exec(identity ?? '')?.[1],
    lastSeenMs: Number(lastAccessTime?.seconds ?? 0) * 1_000,
  }));
}

function recordIn(memo: Record<string, unknown> | undefined): WrittenRecord | undefined {
  return memo?.['agent'] as WrittenRecord | undefined;
}

async function readRun(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).runId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** For tidiness alone: retention removes it anyway. */
async function deleteRun(client: Client, workflowId: string, runId: string): Promise<void> {
  await client.workflowService
    .deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
    })
    .catch(() => undefined);
}
