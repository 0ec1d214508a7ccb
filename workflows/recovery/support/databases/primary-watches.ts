import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type {
  Observation,
  WatchHeartbeat,
} from '../../../../src/contracts/recovery/database-node.ts';
import type { ReachServerActivities } from '../../../../src/contracts/recovery/reach-server.ts';
import { watchTaskQueue } from '../../../../src/contracts/kernel/task-queues.ts';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { leaseMarginMs } from '../../../../src/policies/recovery/databases/lease-margin.ts';
import { seenByWatch } from '../../../../src/policies/recovery/databases/seen-by-watch.ts';
import type { SeenPrimary } from '../../../../src/specs/recovery/failover.ts';
import { workflowInfo } from '@temporalio/workflow';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { lookTimeoutMs, type OfDatabase } from './look-from-everywhere.ts';
import type { NodeActs } from './node-acts.ts';

/** What the watches have told: the first of them is why the primary is looked at. */
export interface WatchNews {
  sinceMs: number;
  hasEnded: boolean;
  /** The last heartbeat of the primary's host. */
  last?: WatchHeartbeat;
  /** From then on its own host has fenced it. */
  leaseOverAtMs?: number;
}

interface WatchedDatabase extends OfDatabase {
  note(text: string): void;
}

/** An agent that went away is asked again after this. */
const againAfterMs = 10_000;
const longestAgainMs = 120_000;
/** Nothing holds the lease until its host watches again. */
const leasedAgainAfterMs = 1_000;

/** Watches of one primary, from everywhere, until somebody has news. */
export class PrimaryWatches {
  readonly #run: WatchedDatabase;
  readonly #primary: DatabaseNode;
  readonly #scope = new CancellationScope();
  #news: WatchNews | undefined;
  #last: WatchHeartbeat | undefined;
  #leaseOverAtMs: number | undefined;
  /** Its agent holds none, and said so. */
  #isLeaseRefused = false;
  /** Its host has been asked to hold one, and that has not ended. */
  #isLeased = false;

  /** `known`: what watches have told already. */
  constructor(
    run: WatchedDatabase,
    primary: DatabaseNode,
    known?: Pick<WatchNews, 'sinceMs' | 'hasEnded'>,
  ) {
    this.#run = run;
    this.#primary = primary;
    if (known !== undefined) this.#news = { sinceMs: known.sinceMs, hasEnded: known.hasEnded };
  }

  start(): void {
    void this.#scope
      .run(() => Promise.all([this.#ofHost(), ...this.#ofStandbys(), this.#ofBelay()]))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  stop(): void {
    this.#scope.cancel();
  }

  get news(): WatchNews | undefined {
    if (this.#news === undefined) return undefined;
    return {
      ...this.#news,
      ...(this.#last && { last: this.#last }),
      ...(this.#leaseOverAtMs !== undefined && { leaseOverAtMs: this.#leaseOverAtMs }),
    };
  }

  /** Whether its host may hold one that nobody knows the end of. */
  get isLeased(): boolean {
    return this.#isLeased;
  }

  /** Whether its end may be known soon. */
  get isLeaseOpen(): boolean {
    if (this.#leaseOverAtMs === undefined) return this.#isLeased;
    return Date.now() < this.#leaseOverAtMs;
  }

  /** For a run that was not started here; undefined where its lease has not run out, or was acted on. */
  claimLease(node: string): SeenPrimary | undefined {
    const { news } = this;
    if (news?.leaseOverAtMs === undefined || node !== this.#primary.name) return undefined;
    this.forgetLease();
    return seenByWatch(node, news);
  }

  /** Whoever acts on its end does so once: the server may be started again by what follows. */
  forgetLease(): void {
    this.#leaseOverAtMs = undefined;
  }

  #ofHost(): Promise<void> {
    const host = this.#run.node(this.#primary);
    const { leaseMs } = this.#run.plan;
    const again = leaseMs === undefined ? againAfterMs : leasedAgainAfterMs;
    return this.#again(this.#primary.name, () => this.#watchHost(host, leaseMs), again);
  }

  async #watchHost(host: NodeActs, leaseMs: number | undefined): Promise<Observation> {
    const isLeased = leaseMs !== undefined && !this.#isLeaseRefused;
    if (leaseMs === undefined) this.#last = undefined;
    this.#isLeased = isLeased;
    try {
      const seen = await host.watch({ ...this.#watching(), ...(isLeased && { leaseMs }) });
      this.#last = undefined;
      this.forgetLease();
      return seen;
    } catch (error) {
      if (isAnswer(error)) this.forgetLease();
      const last = lastHeartbeatOf(error);
      this.#last = last ?? this.#last;
      if (isLeased && last?.leaseMs === leaseMs) this.#endLease(leaseMs);
      if (isLeased && isRefused(error)) this.#isLeaseRefused = true;
      throw error;
    } finally {
      this.#isLeased = false;
    }
  }

  /** Temporal timed its heartbeats out, and accepts none any more: its host has counted for longer. */
  #endLease(leaseMs: number): void {
    this.#leaseOverAtMs = Date.now() + leaseMarginMs;
    this.#run.note(`The lease of ${this.#primary.name} has run out: its host does not answer`);
    this.#tell({ view: 'silent', forMs: leaseMs });
  }

  #ofStandbys(): Promise<void>[] {
    const { nodes } = this.#run.plan;
    const standbys = nodes.filter(({ name }) => name !== this.#primary.name);
    return standbys.map((node) =>
      this.#again(node.name, () =>
        this.#run.node(node).watch(this.#watching(), this.#primary.address),
      ),
    );
  }

  #ofBelay(): Promise<void> {
    const { watchServer } = proxyActivities<ReachServerActivities>({
      taskQueue: watchTaskQueue(workflowInfo().taskQueue),
      ...{ startToCloseTimeout: '1 day', heartbeatTimeout: '10 s' },
      retry: { initialInterval: 1_000, maximumInterval: 10_000 },
      summary: `watch ${this.#primary.name}`,
    });
    return this.#again('belay', () =>
      watchServer({ address: this.#primary.address, ...this.#watching() }),
    );
  }

  async #again(
    by: string,
    watch: () => Promise<Observation>,
    firstMs = againAfterMs,
  ): Promise<void> {
    let pauseMs = firstMs;
    for (;;) {
      try {
        this.#tell(await watch());
        pauseMs = firstMs;
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (pauseMs === firstMs) {
          this.#run.note(`${by} does not watch: ${reasonOf(error)}`);
        }
        pauseMs = Math.min(2 * pauseMs, longestAgainMs);
      }
      await sleep(pauseMs, { summary: 'until it is watched again' });
    }
  }

  /** Reports so early that everybody's look after it ends with `confirmFor`. */
  #watching() {
    const { everyMs, confirmForMs } = this.#run.plan;
    const reportAfterMs = Math.max(0, confirmForMs - lookTimeoutMs);
    return { timeoutMs: lookTimeoutMs, everyMs, reportAfterMs };
  }

  #tell({ view, forMs }: Pick<Observation, 'view' | 'forMs'>): void {
    const sinceMs = Date.now() - forMs;
    const hasEnded = view === 'ended' || this.#news?.hasEnded === true;
    this.#news = { sinceMs: Math.min(sinceMs, this.#news?.sinceMs ?? sinceMs), hasEnded };
  }
}

function isRefused(error: unknown): boolean {
  return typeOf(error) === failureTypes.agentRefused;
}

/**
 * Its agent itself has said so. A watch that Temporal has given away is none: a poll of a host that is cut
 * off takes it, and nobody ever hears of it.
 */
function isAnswer(error: unknown): boolean {
  const type = typeOf(error);
  return type !== undefined && type !== failureTypes.agentAbsent;
}

function typeOf(error: unknown): string | null | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? cause.type : undefined;
}

/** Only of one that was timed out for want of heartbeats. */
function lastHeartbeatOf(error: unknown): WatchHeartbeat | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof TimeoutFailure) || cause.timeoutType !== 'HEARTBEAT') return undefined;
  return cause.lastHeartbeatDetails as WatchHeartbeat | undefined;
}
