import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import {
  isUnusable,
  readFence,
  removeFence,
  showControlFile,
  unmarkStandby,
} from '../host/marks.ts';
import { startServer } from '../host/run-server.ts';
import { listServerProcesses } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { awaitNode } from './await-server.ts';

const answerWithinMs = 60_000;

/** Takes away the fence of an act, and starts the node as what it was. Any other fence stays. */
export async function unfenceNode(
  node: DatabaseNode,
  fence: RunStep,
  attempt: Attempt,
): Promise<NodeFacts> {
  const { dataFolder } = node;
  const record = await readFence(dataFolder);
  const isMeant = record?.act?.runRef === fence.runRef && record.act.step === fence.step;
  if (!isMeant) return examineNode(node);
  if (await isUnusable(dataFolder)) {
    throw new AgentError(
      'refused',
      `${dataFolder} is what a rewind has left: it must not be started`,
    );
  }
  await showControlFile(dataFolder);
  if (record.was === 'primary') await unmarkStandby(dataFolder);
  if ((await listServerProcesses(dataFolder)).length === 0) await startServer(node);
  const facts = await awaitNode(
    node,
    {
      what: `does not answer as the ${record.was} that it was`,
      holds: ({ state }) => state === record.was,
      withinMs: answerWithinMs,
    },
    attempt,
  );
  await removeFence(dataFolder);
  return facts;
}
