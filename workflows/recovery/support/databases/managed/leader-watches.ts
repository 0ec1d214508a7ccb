import {
  CancellationScope,
  condition,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { findPrimary } from '../../../../../src/policies/recovery/databases/find-primary.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import { askNodes } from '../examine-nodes.ts';
import type { WatchRun } from '../watch-run.ts';

/** An agent that went away is asked again after this. */
const againAfterMs = 10_000;
const longestAgainMs = 120_000;
/** Another server that takes writes is seen after this at the latest. */
const lookAroundEveryMs = 600_000;
const dayMs = 86_400_000;

/** Watches of who leads, from every host, until one of them has news or none of them answers. */
export class LeaderWatches {
  readonly #run: WatchRun;
  readonly #leader: string;
  readonly #scope = new CancellationScope();
  readonly #silent = new Set<string>();
  #hasNews = false;

  constructor(run: WatchRun, leader: string) {
    this.#run = run;
    this.#leader = leader;
  }

  async untilNews(): Promise<void> {
    const { nodes } = this.#run.plan;
    void this.#scope
      .run(() => Promise.all(nodes.map((node) => this.#watch(node))))
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
    const isOver = () =>
      this.#hasNews ||
      this.#silent.size === nodes.length ||
      workflowInfo().continueAsNewSuggested ||
      this.#run.inbox.acknowledgements.value !== undefined;
    const untilMs = Date.now() + dayMs;
    while (Date.now() < untilMs) {
      if (await condition(isOver, lookAroundEveryMs)) break;
      if (findPrimary(await askNodes(this.#run, nodes)).kind === 'several') break;
    }
    this.#run.takeAcknowledgement();
    if (this.#silent.size === nodes.length) await sleep(againAfterMs);
  }

  /** Once somebody else has looked: most of them have ended by themselves by then. */
  stop(): void {
    this.#scope.cancel();
  }

  async #watch(node: DatabaseNode): Promise<void> {
    const { everyMs, confirmForMs } = this.#run.plan;
    const watching = { leader: this.#leader, everyMs, reportAfterMs: confirmForMs };
    for (let pauseMs = againAfterMs; ; pauseMs = Math.min(2 * pauseMs, longestAgainMs)) {
      try {
        const { leader } = await this.#run.manager(node).watch(watching);
        this.#silent.delete(node.name);
        if (leader !== this.#leader) {
          this.#hasNews = true;
          return;
        }
      } catch (error) {
        if (isCancellation(error)) throw error;
        if (pauseMs === againAfterMs) {
          this.#run.note(`${node.name} does not say who leads: ${reasonOf(error)}`);
        }
        this.#silent.add(node.name);
      }
      await sleep(pauseMs, { summary: 'until it is watched again' });
      // Meanwhile it watches: a failure shows itself again.
      this.#silent.delete(node.name);
    }
  }
}
