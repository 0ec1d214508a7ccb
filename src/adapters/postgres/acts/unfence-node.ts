import { join } from 'node:path';
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
  type FenceRecord,
} from '../host/marks.ts';
import { fencedControlPath, readControlFile } from '../host/control-file.ts';
import { startServer } from '../host/run-server.ts';
import { listServerProcesses } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { awaitNode } from './await-server.ts';

const answerWithinMs = 60_000;

/**
 * Takes away the fence of an act, and starts the node as what it was. Any other fence stays, and is
 * refused: the node would not serve.
 */
export async function unfenceNode(
  node: DatabaseNode,
  fence: RunStep,
  attempt: Attempt,
): Promise<NodeFacts> {
  const { dataFolder } = node;
  const record = await readFence(dataFolder);
  const isMeant = record?.act?.runRef === fence.runRef && record.act.step === fence.step;
  if (!isMeant) return requireUnfenced(node, fence, record);
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

/** Of an act that has not begun there is nothing to take away. */
async function requireUnfenced(
  node: DatabaseNode,
  { step }: RunStep,
  record: FenceRecord | undefined,
): Promise<NodeFacts> {
  const { dataFolder, settings } = node;
  const facts = await examineNode(node);
  const serves = facts.state === 'primary' || facts.state === 'standby';
  const control = await readControlFile(dataFolder);
  if (control?.isFenced !== true && (serves || record === undefined)) return facts;
  const by =
    record === undefined
      ? 'there is no record of its fence, which a full disk may not have taken'
      : `its fence is that of ${record.act ? `step ${record.act.step} of ${record.act.runRef}` : record.evidence.by}`;
  throw new AgentError(
    'refused',
    [
      `${settings.name} stays fenced: ${by}, and not that of step ${step} of this run.`,
      `If it is to be the primary again, rename ${join(dataFolder, fencedControlPath)} to pg_control,`,
      `remove standby.signal and belay-fence.json from ${dataFolder}, and start it; else rejoin it`,
    ].join(' '),
  );
}
