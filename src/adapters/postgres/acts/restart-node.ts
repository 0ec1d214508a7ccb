import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import { isStandbyMarked } from '../host/marks.ts';
import { startServer } from '../host/run-server.ts';
import { killServer } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { runningPostmaster } from '../watch/observe-node.ts';
import { awaitNode } from './await-server.ts';

const answerWithinMs = 60_000;
const leftWithinMs = 15_000;

/** What is left of a server whose postmaster has ended is ended first: it would keep the next one from starting. */
export async function restartNode(node: DatabaseNode, attempt: Attempt): Promise<NodeFacts> {
  const { dataFolder, settings } = node;
  const facts = await examineNode(node);
  if (facts.state === 'primary' || facts.state === 'standby') return facts;
  if (facts.state === 'fenced' || facts.state === 'unusable') {
    throw new AgentError(
      'refused',
      `${settings.name} is not started: it is ${facts.state}, ${facts.detail}`,
    );
  }
  const running = await runningPostmaster(node);
  if (running === undefined) {
    await killServer(dataFolder, leftWithinMs);
    await startServer(node);
  }
  const was = isStandbyMarked(dataFolder) ? 'standby' : 'primary';
  return awaitNode(
    node,
    {
      what: 'does not answer after a restart',
      holds: ({ state }) => state === was,
      withinMs: answerWithinMs,
    },
    attempt,
  );
}
