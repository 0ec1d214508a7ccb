import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type {
  ManagedRejoinMethod,
  ManagerAnswer,
  ManagerFacts,
  RequestLeaderCall,
} from '../../contracts/recovery/database-manager.ts';
import type { PatroniApi, RestAnswer } from './rest-api.ts';
import { readCluster } from './read-cluster.ts';

type WantedLeader = Pick<RequestLeaderCall, 'from' | 'former' | 'to'>;

/** It answers these with 503, before it does anything. */
const notBegun = /restart conditions are not satisfied|can not reinitialize/;

/** As long as an agent that is cut off may go on unnoticed: whoever waits has judged by then. */
const usuallyLateAfterMs = 5_000;

/** The Patroni of one cluster of this host. */
export class Patroni {
  readonly #api: PatroniApi;
  readonly #lateAfterMs: number;

  constructor(api: PatroniApi, { lateAfterMs = usuallyLateAfterMs } = {}) {
    this.#api = api;
    this.#lateAfterMs = lateAfterMs;
  }

  async examine(): Promise<ManagerFacts> {
    const atMs = Date.now();
    const [cluster, own, config] = await Promise.all([
      this.#api.read('/cluster'),
      this.#api.read('/patroni'),
      this.#api.read('/config'),
    ]);
    return readCluster({ cluster, own, config, atMs });
  }

  /** One that does not answer is no news of the leader: it is asked again. */
  async watch(
    { leader, everyMs, reportAfterMs }: { leader?: string; everyMs: number; reportAfterMs: number },
    attempt: Attempt,
  ): Promise<ManagerFacts> {
    let ledMs = performance.now();
    for (;;) {
      const facts = await this.#lookFor(leader, performance.now() - ledMs >= reportAfterMs);
      if (facts === 'led') ledMs = performance.now();
      else if (facts !== undefined) return facts;
      if (attempt.leaving.aborted) throw new AgentError('away', 'the agent stops; ask it again');
      attempt.cancelled.throwIfAborted();
      const enough = AbortSignal.any([attempt.cancelled, attempt.leaving]);
      await sleep(everyMs, undefined, { signal: enough }).catch(() => undefined);
    }
  }

  async requestLeader(
    { from, former, to }: WantedLeader,
    attempt: Attempt,
  ): Promise<ManagerAnswer> {
    const sinceMs = performance.now();
    if (from !== undefined) {
      this.#requireWanted(attempt, sinceMs);
      return judge(await this.#api.ask('/switchover', { leader: from, candidate: to }));
    }
    // Patroni would stop whoever leads, and does not ask how far the candidate is behind.
    const { leader } = this.#readLeader(await this.#api.read('/cluster'));
    if (leader === to) return { is: 'asked', said: `${to} leads already` };
    if (leader !== undefined && leader !== former) {
      return { is: 'refused', said: `${leader} leads by now: nothing was asked of Patroni` };
    }
    this.#requireWanted(attempt, sinceMs);
    return judge(await this.#api.ask('/failover', { candidate: to }));
  }

  /** Never of a member that leads by now: Patroni compares the role, and copies no leader. */
  async requestRejoin(method: ManagedRejoinMethod): Promise<ManagerAnswer> {
    const answer =
      method === 'copy'
        ? await this.#api.ask('/reinitialize', {})
        : await this.#api.ask('/restart', { role: 'replica' });
    const judged = judge(answer);
    return notBegun.test(judged.said) ? { ...judged, is: 'refused' } : judged;
  }

  /** Another attempt, or nobody, waits for one that was given up or takes too long. */
  #requireWanted({ cancelled, leaving }: Attempt, sinceMs: number): void {
    const isLate = performance.now() - sinceMs >= this.#lateAfterMs;
    if (!isLate && !cancelled.aborted && !leaving.aborted) return;
    throw new AgentError('away', 'the request came too late: nothing was asked of Patroni');
  }

  #readLeader(cluster: unknown): ManagerFacts {
    return readCluster({ cluster, own: {}, atMs: Date.now() });
  }

  /** Undefined: nothing to tell yet. */
  async #lookFor(
    leader: string | undefined,
    isLate: boolean,
  ): Promise<ManagerFacts | 'led' | undefined> {
    let seen: unknown;
    try {
      seen = await this.#api.read('/cluster');
    } catch (error) {
      if (!(error instanceof AgentError) || !isLate) return undefined;
      throw error;
    }
    const { leader: leads } = this.#readLeader(seen);
    if (leads !== undefined && leads === leader) return 'led';
    if (leads === undefined && !isLate) return undefined;
    return this.examine();
  }
}

/**
 * Before it writes anything down it refuses with 400, 401, 403 or 412. A 503 is no refusal: it may have begun,
 * and does not say how that ends.
 */
function judge(answer: RestAnswer | undefined): ManagerAnswer {
  if (answer === undefined) return { is: 'unknown', said: 'Patroni did not answer in time' };
  const said = `${answer.status} ${answer.said}`.trim();
  if (answer.status >= 400 && answer.status < 500) return { is: 'refused', said };
  return { is: answer.status < 300 ? 'asked' : 'unknown', said };
}
