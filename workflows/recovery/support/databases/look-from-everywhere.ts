import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Observation } from '../../../../src/contracts/recovery/database-node.ts';
import type { ReachServerActivities } from '../../../../src/contracts/recovery/reach-server.ts';
import type { Vantage } from '../../../../src/policies/recovery/databases/judge-death.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { DatabasePlan } from '../../../../src/specs/recovery/database-plan.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import type { NodeActs } from './node-acts.ts';

/** A run that knows its database. */
export interface OfDatabase {
  plan: DatabasePlan;
  node(node: DatabaseNode): NodeActs;
}

/** A server that has not answered by then is silent. */
export const lookTimeoutMs = 1_000;

const { reachServer } = proxyActivities<ReachServerActivities>({
  ...{ startToCloseTimeout: 4 * lookTimeoutMs, scheduleToCloseTimeout: 8 * lookTimeoutMs },
  retry: { maximumAttempts: 2, initialInterval: 100 },
});

interface Look {
  /** Since when it has been missed. */
  sinceMs: number;
  /** Its own host is asked, too, and not waited for once all others have looked. */
  isHostLost?: boolean;
}

/** Its own host, every standby, and a worker look at the primary at once. */
export async function lookFromEverywhere(
  run: OfDatabase,
  primary: DatabaseNode,
  { sinceMs, isHostLost = false }: Look,
): Promise<Vantage[]> {
  const { address } = primary;
  const standbys = run.plan.nodes.filter(({ name }) => name !== primary.name);
  const ofHost = vantage('host', primary.name, sinceMs, () =>
    run.node(primary).observe(lookTimeoutMs),
  );
  const ofOthers = Promise.all([
    ...standbys.map((node) =>
      vantage('standby', node.name, sinceMs, () => run.node(node).observe(lookTimeoutMs, address)),
    ),
    vantage('belay', 'belay', sinceMs, () =>
      reachServer.executeWithOptions({ summary: `look at ${primary.name}` }, [
        { address, timeoutMs: lookTimeoutMs },
      ]),
    ),
  ]);
  const host = isHostLost ? Promise.race([ofHost, unlessFirst(primary.name, ofOthers)]) : ofHost;
  const [first, others] = await Promise.all([host, ofOthers]);
  return [first, ...others];
}

/** What it says later is of no use: it is asked again, or not at all. */
async function unlessFirst(name: string, others: Promise<unknown>): Promise<Vantage> {
  await others;
  return { of: 'host', name, why: 'it had not answered when all others had looked' };
}

async function vantage(
  of: Vantage['of'],
  name: string,
  sinceMs: number,
  look: () => Promise<Observation>,
): Promise<Vantage> {
  try {
    const observation = await look();
    const forMs = observation.view === 'accepting' ? 0 : Date.now() - sinceMs;
    return { of, name, observation: { ...observation, forMs } };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { of, name, why: reasonOf(error) };
  }
}
