import { expect, test } from 'vitest';
import {
  createRequestQueue,
  type TakeTurn,
} from '../../../src/adapters/kubernetes-api/request-queue.ts';

/** Who is served, in order. */
function queueOf(rate: { qps: number; burst: number }) {
  const take = createRequestQueue(rate);
  const served: string[] = [];
  const join = async (name: string, wanted: Partial<Parameters<TakeTurn>[0]> = {}) => {
    const hasTurn = await take({ atMostMs: Infinity, isUrgent: false, ...wanted });
    if (hasTurn) served.push(name);
    return hasTurn;
  };
  return { join, served };
}

test('whoever comes first is served first, at the rate', async () => {
  const { join, served } = queueOf({ qps: 50, burst: 2 });
  const startMs = performance.now();
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => join(name)));
  expect(served).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  expect(performance.now() - startMs).toBeGreaterThan(75);
});

test('what would wait too long takes no turn', async () => {
  const { join } = queueOf({ qps: 10, burst: 1 });
  await join('first');
  expect(await join('hurried', { atMostMs: 50 })).toBe(false);
  expect(await join('patient', { atMostMs: 150 })).toBe(true);
});

test('what is given up while it waits leaves its turn to the next', async () => {
  const { join, served } = queueOf({ qps: 1, burst: 1 });
  await join('first');
  const attempt = new AbortController();
  const waiting = ['b', 'c', 'd', 'e'].map((name) => join(name, { signal: attempt.signal }));
  const last = join('last', { atMostMs: 20_000 });
  const startMs = performance.now();
  attempt.abort(new Error('the attempt is over'));
  const given = await Promise.allSettled(waiting);
  expect(given.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  expect(await last).toBe(true);
  expect(performance.now() - startMs).toBeLessThan(4_000);
  expect(served).toEqual(['first', 'last']);
});

test('an undo comes before everything else that waits, in turn with other undos', async () => {
  const { join, served } = queueOf({ qps: 50, burst: 1 });
  await join('first');
  await Promise.all([
    join('hold'),
    join('other hold'),
    join('undo', { isUrgent: true }),
    join('other undo', { isUrgent: true }),
  ]);
  expect(served).toEqual(['first', 'undo', 'other undo', 'hold', 'other hold']);
});

test('what is given up already is not let in', async () => {
  const { join } = queueOf({ qps: 10, burst: 1 });
  const joining = join('late', { signal: AbortSignal.abort(new Error('too late')) });
  await expect(joining).rejects.toThrow('too late');
});
