import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { inLine } from './in-line.ts';
import { outOfTime, Unanswered, type Patience, type QueryClient } from './query-client.ts';
import { shareQueries, showQuestion, type Question, type SharedQuery } from './question.ts';

export type Ask = (question: Question, patience: Patience) => Promise<Answer>;

export interface TogetherLimits {
  /** How long the first one waits for others. */
  windowMs: number;
  /** Requests on their way at once. */
  atOnce: number;
}

/** What one or more have asked in the same words. */
interface Asked {
  question: Question;
  patience: Patience;
  /** Those who still wait. */
  waiting: number;
  /** Ends what nobody waits for any more. */
  giveUp: AbortController;
  answer: Promise<Answer>;
  settle: (answer: Promise<Answer>) => void;
}

/**
 * Asks a server what is asked within a few milliseconds, by however many, in as few requests as
 * can be. What fails together is asked once more, each by itself: it fails for its own askers alone.
 */
export function askTogether(
  { shown, send }: QueryClient,
  { windowMs, atOnce }: TogetherLimits = { windowMs: 5, atOnce: 8 },
): Ask {
  const inTurn = inLine(atOnce);
  let gathering = new Map<string, Asked>();

  const sendShared = (text: string, atS: number | undefined, all: readonly Asked[]) =>
    inTurn(() => {
      const timeoutMs = Math.max(...all.map(({ patience }) => patience.timeoutMs));
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

  const join = (question: Question, patience: Patience): Asked => {
    const key = `${showQuestion(question)} @ ${question.atS ?? 'now'}`;
    const same = gathering.get(key);
    if (same) {
      if (patience.timeoutMs > same.patience.timeoutMs) same.patience = patience;
      same.waiting += 1;
      return same;
    }
    if (gathering.size === 0) void sleep(windowMs).then(sendGathered);
    let settle: Asked['settle'] = () => {};
    const answer = new Promise<Answer>((resolve) => (settle = resolve));
    const giveUp = new AbortController();
    const asked: Asked = { question, patience, waiting: 1, giveUp, answer, settle };
    // Callers that still wait are notified; without any, nobody needs to be.
    answer.catch(() => {});
    gathering.set(key, asked);
    return asked;
  };

  return (question, patience) => {
    const asked = join(question, patience);
    const leave = () => {
      asked.waiting -= 1;
      if (asked.waiting === 0) asked.giveUp.abort();
    };
    return beforeEnd(asked.answer, patience.signal, () => {
      leave();
      return outOfTime(shown, patience.timeoutMs);
    });
  };
}

/** The promise's outcome, unless the signal comes first. */
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

/** Aborts once every one of them has. */
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
