import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type {
  NodeAddress,
  Observation,
  Postmaster,
} from '../../../contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../node.ts';
import {
  runningPostmaster,
  seeEnded,
  seeOwn,
  seePeer,
  type OnAnswer,
  type Seen,
} from './observe-node.ts';

export interface WatchOptions {
  peer?: NodeAddress;
  timeoutMs: number;
  everyMs: number;
  reportAfterMs: number;
}

/** What is held of the own server while it is watched. */
export interface Held {
  cancelled: AbortSignal;
  say: OnAnswer;
  /** Once it is seen to be a primary. */
  arm(): Promise<void>;
  end(): Promise<void>;
}

const processEveryMs = 50;

/**
 * Looks again and again, until the server has not been accepting for long enough, or its process has
 * ended, which is noticed between two looks, too.
 */
export async function watchNode(
  node: DatabaseNode,
  options: WatchOptions,
  attempt: Attempt,
  onAnswer: OnAnswer,
  onSeen?: (seen: Seen) => void,
): Promise<Observation> {
  const { peer, timeoutMs, everyMs, reportAfterMs } = options;
  const views = new Views();
  for (;;) {
    const lookedAtMs = performance.now();
    const nextMs = lookedAtMs + everyMs;
    const end = new AbortController();
    const looked = (
      peer ? seePeer(node, peer, timeoutMs) : seeOwn(node, timeoutMs, onAnswer)
    ).finally(() => end.abort());
    const ended = peer ? undefined : untilEnded(node, end.signal);
    const seen = await (ended
      ? Promise.race([looked, ended.then((gone) => gone ?? looked)])
      : looked);
    const observation = { by: node.agent, ...seen, forMs: views.add(seen, lookedAtMs) };
    onSeen?.(seen);
    if (seen.view === 'ended' || views.notAcceptingMs >= reportAfterMs) return observation;
    const gone = await pause(node, nextMs, { isOwn: peer === undefined, attempt });
    if (gone) return { by: node.agent, ...gone, forMs: views.add(gone) };
    if (attempt.leaving.aborted) {
      throw new AgentError('away', 'the agent stops; another one goes on watching');
    }
    attempt.cancelled.throwIfAborted();
  }
}

/** The same of the own server, which is fenced by its host where Temporal does not hear of it for too long. */
export async function watchHeld(
  node: DatabaseNode,
  options: WatchOptions,
  attempt: Attempt,
  held: Held,
): Promise<Observation> {
  const failed = new AbortController();
  const cancelled = AbortSignal.any([attempt.cancelled, held.cancelled, failed.signal]);
  const onSeen = ({ isPrimary }: Seen) => {
    if (isPrimary === true) held.arm().catch((error: unknown) => failed.abort(error));
  };
  try {
    return await watchNode(
      node,
      options,
      { ...attempt, cancelled },
      (heartbeat) => held.say(heartbeat),
      onSeen,
    );
  } finally {
    await held.end();
  }
}

/** Until the next look; returns at once where the own process ends. */
async function pause(
  node: DatabaseNode,
  untilMs: number,
  { isOwn, attempt }: { isOwn: boolean; attempt: Attempt },
): Promise<Seen | undefined> {
  const enough = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), Math.max(0, untilMs - performance.now()));
  const stop = AbortSignal.any([enough, over.signal]);
  try {
    if (isOwn) return await untilEnded(node, stop);
    await sleep(2 ** 31 - 1, undefined, { signal: stop }).catch(() => undefined);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function untilEnded(node: DatabaseNode, over: AbortSignal): Promise<Seen | undefined> {
  let known: Postmaster | undefined;
  while (!over.aborted) {
    const now = await runningPostmaster(node);
    const isAnother = known && now && (now.pid !== known.pid || now.startedAt !== known.startedAt);
    if (now === undefined || isAnother) {
      const ended = await seeEnded(node);
      if (ended !== undefined) return known ? { ...ended, postmaster: known } : ended;
    }
    known = now ?? known;
    await sleep(processEveryMs, undefined, { signal: over }).catch(() => undefined);
  }
  return undefined;
}

/** Since when a server has been seen as it is. */
class Views {
  #view: Seen['view'] | undefined;
  #sinceMs = 0;
  #notAcceptingSinceMs: number | undefined;

  /**
   * Returns for how long the view has been the same. A look that was not answered says so of all of its
   * time.
   */
  add({ view }: Seen, sinceMs = performance.now()): number {
    if (view !== this.#view) this.#sinceMs = sinceMs;
    this.#view = view;
    if (view === 'accepting') this.#notAcceptingSinceMs = undefined;
    else this.#notAcceptingSinceMs ??= sinceMs;
    return Math.round(performance.now() - this.#sinceMs);
  }

  get notAcceptingMs(): number {
    return this.#notAcceptingSinceMs === undefined
      ? -1
      : performance.now() - this.#notAcceptingSinceMs;
  }
}
