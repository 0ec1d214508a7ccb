import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import { readControlFile } from '../host/control-file.ts';
import { isStandbyMarked } from '../host/marks.ts';
import { startServer } from '../host/run-server.ts';
import { killServer } from '../host/server-processes.ts';
import type { DatabaseNode } from '../node.ts';
import { runningPostmaster } from '../watch/observe-node.ts';
import { awaitNode } from './await-server.ts';

const killWithinMs = 15_000;
const answerWithinMs = 60_000;

/**
 * Ends a promotion that is pending: PostgreSQL removes the order for one when it starts, so the standby
 * is restarted. That no later attempt at a promotion of the run begins is the work of the act's step.
 */
export async function keepStandby(node: DatabaseNode, attempt: Attempt): Promise<NodeFacts> {
  const { dataFolder, settings } = node;
  const facts = await examineNode(node);
  refusePrimary(node, facts);
  // Stopped: by an attempt that was cut short.
  if (facts.state !== 'standby' && facts.state !== 'stopped') {
    throw new AgentError(
      'unfinished',
      `nobody can say that ${settings.name} stays a standby: it is ${facts.state}, ${facts.detail}`,
    );
  }
  await killServer(dataFolder, killWithinMs).catch((error: unknown) => {
    throw new AgentError('unfinished', error instanceof Error ? error.message : String(error));
  });
  await refusePromoted(node);
  // A supervisor may have been first.
  if ((await runningPostmaster(node)) === undefined) await startServer(node);
  return awaitNode(
    node,
    {
      what: 'does not answer as a standby after a restart',
      holds: (now) => {
        refusePrimary(node, now);
        return now.state === 'standby';
      },
      withinMs: answerWithinMs,
    },
    attempt,
  );
}

function refusePrimary({ settings }: DatabaseNode, { state, detail }: NodeFacts): void {
  if (state !== 'primary') return;
  throw new AgentError('refused', `${settings.name} is a primary already: ${detail}`);
}

/** PostgreSQL removes `standby.signal` before a promotion takes effect. */
async function refusePromoted({ dataFolder, settings }: DatabaseNode): Promise<void> {
  const control = await readControlFile(dataFolder);
  if (isStandbyMarked(dataFolder) && control?.state !== 'in production') return;
  const found = isStandbyMarked(dataFolder)
    ? 'its control file says that it is in production'
    : 'its standby.signal is gone';
  throw new AgentError(
    'refused',
    `${settings.name} was promoted, and is not started again: ${found}. See which primary clients write to, then rejoin the other`,
  );
}
