import { isCancellation } from '@temporalio/workflow';
import {
  holdsClients,
  leadsTo,
  type SeenRoute,
} from '../../../../src/policies/recovery/databases/seen-route.ts';
import { nameOfRoute } from '../../../../src/policies/recovery/databases/name-of-route.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { AgentRoute } from '../../../../src/specs/recovery/route.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { byAgent } from './by-agent.ts';
import type { DatabaseRun } from './database-run.ts';

/** For the promotion, and what else comes after the shutdown. */
const restMs = 60_000;

/**
 * Clients wait for the new primary, and no statement fails. Throws where one of the routes cannot be
 * paused in its time; those of the others go on then. Each goes on by itself where this run, its workers
 * and the agent have died meanwhile: nothing but a server that has been shut down is behind it then.
 * Returns until when all of them wait at least; absent: none of them waits.
 */
export async function pauseClients<Spec>(
  run: DatabaseRun<Spec>,
  seen: readonly SeenRoute[],
): Promise<number | undefined> {
  const held = seen.filter((each) => holdsClients(each));
  if (held.length === 0) return undefined;
  const { pauseWithinMs, shutdownWithinMs } = run.plan;
  const forMs = pauseWithinMs + shutdownWithinMs + restMs;
  const untilMs = Date.now() + forMs;
  await takeStep(run, 'pause clients', async ({ prove }) => {
    run.stamp('downSinceMs');
    for (const { route } of held) armResume(run, { route });
    await byAgent(held, agentOf, async ({ route, facts }) => {
      const acts = run.router(route);
      const why = facts?.cannotPause;
      const { detail, heldUntilMs } =
        why === undefined ? await acts.pause(pauseWithinMs, forMs) : await acts.cut(forMs);
      if (heldUntilMs === undefined) {
        run.note(
          `the agent ${route.agent} is older than this worker: where both die, clients of ${nameOfRoute(route)} wait until somebody lets them go on (RESUME)`,
        );
      }
      if (why !== undefined) run.note(`clients of ${nameOfRoute(route)} were cut: ${why}`);
      prove({ what: nameOfRoute(route), source: route.agent, value: detail });
    });
  });
  return untilMs;
}

/**
 * Ends the connections of clients to a primary that is thought down, whoever else reaches it. One
 * router that does not answer keeps nobody from a failover: its primary is fenced.
 */
export async function cutClients<Spec>(
  run: DatabaseRun<Spec>,
  seen: readonly SeenRoute[],
  { primary, fencing }: { primary: DatabaseNode; fencing: Promise<unknown> },
): Promise<void> {
  const held = seen.filter((each) => holdsClients(each));
  const own = held.filter((each) => leadsTo(each, primary.address));
  if (own.length === 0) return;
  await takeStep(run, 'cut clients off', async ({ prove }) => {
    for (const each of own) armResume(run, each);
    await byAgent(own, agentOf, async ({ route }) => {
      // The fence was asked of the same agent first.
      if (route.agent === primary.agent) await fencing;
      const name = nameOfRoute(route);
      try {
        const { detail } = await run.router(route).cut();
        prove({ what: name, source: route.agent, value: detail });
      } catch (error) {
        if (isCancellation(error)) throw error;
        const why = reasonOf(error);
        prove({ what: `not cut: ${name}`, source: route.agent, value: why });
        run.note(`clients of ${name} were not cut: ${why}`);
      }
    });
  });
}

function agentOf({ route }: { route: AgentRoute }): string {
  return route.agent;
}

function armResume<Spec>(run: DatabaseRun<Spec>, { route }: { route: AgentRoute }): void {
  run.undo.armFinally(`let the clients of ${nameOfRoute(route)} go on`, 'resumeRoute', route);
}
