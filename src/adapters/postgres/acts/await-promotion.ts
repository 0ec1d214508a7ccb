import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { Promotion } from '../../../contracts/recovery/database-node.ts';
import { readServerState, timelineOf } from '../facts/server-state.ts';
import type { DatabaseNode } from '../node.ts';
import { readPromotion } from './read-promotion.ts';

const lookWithinMs = 2_000;
const betweenMs = 100;

/** Until the server takes writes on a later timeline, whoever promoted it. */
export async function awaitPromotion(
  node: DatabaseNode,
  { after, withinMs }: { after: number; withinMs: number },
  attempt: Attempt,
): Promise<Promotion> {
  const untilMs = performance.now() + withinMs;
  for (let seen = 'it does not answer'; ;) {
    try {
      const state = await node.ask(lookWithinMs, readServerState);
      const timeline = timelineOf(state);
      if (!state.standby && timeline > after) return await readPromotion(node, timeline);
      seen = `it is a ${state.standby ? 'standby' : 'primary'} on timeline ${timeline}`;
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    if (attempt.leaving.aborted) throw new AgentError('away', 'the agent stops; ask it again');
    attempt.cancelled.throwIfAborted();
    if (performance.now() > untilMs) {
      const { name } = node.settings;
      throw new AgentError(
        'refused',
        `${name} is no primary of a timeline after ${after}, ${withinMs} ms later: ${seen}`,
      );
    }
    await sleep(betweenMs);
  }
}
