import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  rootCause,
  proxyActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Observation, WatchHeartbeat } from '../../../src/contracts/recovery/database-node.ts';
import type { ReachServerActivities } from '../../../src/contracts/recovery/reach-server.ts';
import { watchTaskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { workflowInfo } from '@temporalio/workflow';
import type { OfDatabase } from './look-from-everywhere.ts';

/** What the watches have told: the first of them is why the primary is looked at. */
export interface WatchNews {
  sinceMs: number;
  hasEnded: boolean;
  /** The last heartbeat of the primary's host. */
  last?: WatchHeartbeat;
}

interface WatchedDatabase extends OfDatabase {
  note(text: string): void;
}

const timeoutMs = 1_000;
/** An agent that went away is asked again after this. */
const againAfterMs = 10_000;
const longestAgainMs = 120_000;

/** Watches of one primary, from everywhere, until somebody has news. */
export class PrimaryWatches {
  readonly #run: WatchedDatabase;
  readonly #primary: DatabaseNode;
  readonly #scope = new CancellationScope();
  #news: WatchNews | undefined;
  #last: WatchHeartbeat | undefined;

  constructor(run: WatchedDatabase, primary: DatabaseNode) {
    this.#run = run;
    this.#primary = primary;
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
    return { ...this.#news, ...(this.#last && { last: this.#last }) };
  }

  /** What was told was looked into, and the primary is up. */
  dismiss(): void {
    this.#news = undefined;
  }

  #ofHost(): Promise<void> {
    const host = this.#run.node(this.#primary);
    return this.#again(this.#primary.name, async () => {
      this.#last = undefined;
      try {
        return await host.watch(this.#watching());
      } catch (error) {
        this.#last = lastHeartbeatOf(error) ?? this.#last;
        throw error;
      }
    });
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

  async #again(by: string, watch: () => Promise<Observation>): Promise<void> {
    let pauseMs = againAfterMs;
    for (;;) {
      try {
        this.#tell(await watch());
        pauseMs = againAfterMs;
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (pauseMs === againAfterMs) {
          this.#run.note(`${by} does not watch: ${rootCause(error) ?? String(error)}`);
        }
        pauseMs = Math.min(2 * pauseMs, longestAgainMs);
      }
      await sleep(pauseMs, { summary: 'until it is watched again' });
    }
  }

  #watching() {
    const { everyMs, confirmForMs } = this.#run.plan;
    return { timeoutMs, everyMs, reportAfterMs: confirmForMs };
  }

  #tell({ view, forMs }: Observation): void {
    const sinceMs = Date.now() - forMs;
    const hasEnded = view === 'ended' || this.#news?.hasEnded === true;
    this.#news = { sinceMs: Math.min(sinceMs, this.#news?.sinceMs ?? sinceMs), hasEnded };
  }
}

function lastHeartbeatOf(error: unknown): WatchHeartbeat | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof TimeoutFailure)) return undefined;
  return cause.lastHeartbeatDetails as WatchHeartbeat | undefined;
}
