import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { limitConcurrency } from './limit-concurrency.ts';
import { outOfTime, Unanswered, type QueryLimit, type QueryClient } from './query-client.ts';
import { shareQueries, showQuestion, type Question, type SharedQuery } from './question.ts';

export type Ask = (question: Question, limit: QueryLimit) => Promise<Answer>;

export interface BatchLimits {
  /** How long the first query waits for others. */
  windowMs: number;
  /** The largest number of concurrent requests. */
  atOnce: number;
}

/** One query for one or more callers with the same text. */
interface Asked {
  question: Question;
  limit: QueryLimit;
  /** The number of callers that still wait. */
  waiting: number;
  /** Ends the query when no caller waits for it. */
  giveUp: AbortController;
  answer: Promise<Answer>;
  settle: (answer: Promise<Answer>) => void;
}

/**
 * Collects the queries of a few milliseconds and sends them to the server in as few requests as
 * possible. If a shared request fails, each of its queries is sent again by itself, so that a bad
 * query fails only for its own callers.
 */
export function batchQueries(
  { shown, send }: QueryClient,
  { windowMs, atOnce }: BatchLimits = { windowMs: 5, atOnce: 8 },
): Ask {
  const inTurn = limitConcurrency(atOnce);
  let gathering = new Map<string, Asked>();

  const sendShared = (text: string, atS: number | undefined, all: readonly Asked[]) =>
    inTurn(() => {
      const timeoutMs = Math.max(...all.map(({ limit }) => limit.timeoutMs));
      const signal = whenAll(all.map(({ giveUp }) => giveUp.signal));
      if (signal.aborted) throw outOfTime(shown, timeoutMs);
      return send({ text, ...(atS !== undefined && { atS }) }, { signal, timeoutMs });
    });

  const alone = (asked: Asked) =>
    sendShared(showQuestion(asked.question), asked.question.atS, [asked]);

  const sendFor = (shared: SharedQuery, all: Asked[]) => {
    const answer = sendShared(shared.text, shared.atS, all);
    for (const [i, asked] of all.entries()) {
      const part = shared.for[i]?.part ?? ((whole) => whole);
      asked.settle(
        answer.then(part, (error: unknown) => {
          if (all.length === 1 || error instanceof Unanswered) throw error;
          return alone(asked);
        }),
      );
    }
  };

  const sendGathered = () => {
    const gathered = new Map([...gathering.values()].map((asked) => [asked.question, asked]));
    gathering = new Map();
    for (const shared of shareQueries([...gathered.keys()])) {
      sendFor(
        shared,
        shared.for.flatMap(({ question }) => gathered.get(question) ?? []),
      );
    }
  };

  const join = (question: Question, limit: QueryLimit): Asked => {
    const key = `${showQuestion(question)} @ ${question.atS ?? 'now'}`;
    const same = gathering.get(key);
    if (same) {
      if (limit.timeoutMs > same.limit.timeoutMs) same.limit = limit;
      same.waiting += 1;
      return same;
    }
    if (gathering.size === 0) void sleep(windowMs).then(sendGathered);
    let settle: Asked['settle'] = () => {};
    const answer = new Promise<Answer>((resolve) => (settle = resolve));
    const giveUp = new AbortController();
    const asked: Asked = { question, limit, waiting: 1, giveUp, answer, settle };
    // Callers that still wait receive the error; without any, nobody needs it.
    answer.catch(() => {});
    gathering.set(key, asked);
    return asked;
  };

  return (question, limit) => {
    const asked = join(question, limit);
    const leave = () => {
      asked.waiting -= 1;
      if (asked.waiting === 0) asked.giveUp.abort();
    };
    return beforeEnd(asked.answer, limit.signal, () => {
      leave();
      return outOfTime(shown, limit.timeoutMs);
    });
  };
}

/** The outcome of the promise, or `lost` if the signal is aborted first. */
function beforeEnd<T>(promise: Promise<T>, signal: AbortSignal, lost: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(lost());
    if (signal.aborted) {
      end();
      return;
    }
    signal.addEventListener('abort', end, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/** Aborts when all of the signals are aborted. */
function whenAll(signals: readonly AbortSignal[]): AbortSignal {
  const all = new AbortController();
  let left = signals.length;
  const one = () => {
    left -= 1;
    if (left === 0) all.abort();
  };
  for (const signal of signals) {
    if (signal.aborted) one();
    else signal.addEventListener('abort', one, { once: true });
  }
  return all.signal;
}
