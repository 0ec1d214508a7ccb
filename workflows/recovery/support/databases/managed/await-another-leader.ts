import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import type { OfManaged } from './examine-manager.ts';

interface WatchedLeader {
  /** Who led so far. */
  than: string;
  everyMs: number;
}

type Watched = OfManaged & { note(text: string): void };

const againAfterMs = 1_000;
/** A host that has nothing to tell for so long may be cut off: another one is watched from. */
const turnMs = 5_000;

/**
 * Watches until the time is over, from one host after the other: one that fails, or sees nobody lead,
 * ends nothing. Undefined: no other member was seen to lead.
 */
export async function awaitAnotherLeader(
  run: Watched,
  awaited: WatchedLeader & { withinMs: number },
): Promise<string | undefined> {
  const scope = new CancellationScope();
  const led = scope.run(() => watchForAnotherLeader(run, awaited));
  const isOver = scope.run(() => sleep(awaited.withinMs).then(() => undefined));
  try {
    return await Promise.race([led, isOver]);
  } finally {
    scope.cancel();
    for (const rest of [led, isOver]) rest.catch(() => undefined);
  }
}

/** Until another member leads, or it is cancelled. */
export async function watchForAnotherLeader(
  run: Watched,
  { than, everyMs }: WatchedLeader,
): Promise<string> {
  const { nodes } = run.plan;
  const inTurn = [
    ...nodes.filter(({ name }) => name !== than),
    ...nodes.filter(({ name }) => name === than),
  ];
  const silent = new Set<string>();
  for (;;) {
    for (const node of inTurn) {
      try {
        const seen = await run
          .manager(node)
          .watch({ leader: than, everyMs, reportAfterMs: turnMs });
        if (seen.leader !== undefined && seen.leader !== than) return seen.leader;
      } catch (error) {
        if (isCancellation(error)) throw error;
        const why = reasonOf(error);
        if (!silent.has(node.name)) run.note(`${node.name} does not say who leads: ${why}`);
        silent.add(node.name);
      }
      await sleep(againAfterMs);
    }
  }
}
