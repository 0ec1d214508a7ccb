import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withinAttempt } from '../../../src/adapters/attempts/current-attempt.ts';
import { bypassBreaker } from '../../../src/adapters/breakers/bypass-breaker.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { listing, reply, startStandIn } from './stand-in-server.ts';

const web = { kind: 'deployments', namespace: 'shop', name: 'web' } as const;
const stored = { metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '5' } };
const step = [{ op: 'add' as const, path: '/metadata/labels/a', value: 'b' }];
const pods = { kind: 'pods', namespace: 'shop' } as const;

/** As Temporal runs one attempt of an activity. */
function attempt<T>(act: () => Promise<T>, limitMs = 300, cancelled = new AbortController()) {
  return withinAttempt({ cancelled: cancelled.signal, limitMs }, act);
}

test('attempts that were cancelled are gone from the queue: the next act is served at once', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api({ rate: { qps: 4, burst: 1 } });
  await api.getLive(web);
  const given = Array.from({ length: 30 }, () => new AbortController());
  const reads = given.map((cancelled) => attempt(() => api.getLive(web), 20_000, cancelled));
  const outcomes = Promise.allSettled(reads);
  await sleep(50);
  for (const cancelled of given) cancelled.abort(new Error('the activity was cancelled'));
  const startMs = performance.now();
  await attempt(() => api.patch(web, step), 5_000);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  expect((await outcomes).filter(({ status }) => status === 'rejected')).toHaveLength(30);
  await sleep(400);
  expect(server.asked.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
});

test('a retry does not queue where its attempt has no time for it', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api({ rate: { qps: 2, burst: 1 } });
  await api.getLive(web);
  const asking = Array.from({ length: 20 }, () => attempt(() => api.getLive(web), 800));
  const outcomes = await Promise.allSettled(asking);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(19);
  expect(refused[0]).toMatchObject({
    reason: { code: 'unavailable', message: expect.stringContaining('this attempt has left') },
  });
  expect(server.asked).toHaveLength(2);
});

test('an undo comes before the acts that wait', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api({ rate: { qps: 10, burst: 1 } });
  await api.getLive(web);
  const acts = Array.from({ length: 5 }, () => api.getLive(web));
  await bypassBreaker(() => api.patch(web, step));
  expect(server.asked.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
  await Promise.all(acts);
});

test('a read is given up with its attempt, in words', async () => {
  const server = await startStandIn();
  server.answer = () => {};
  const startMs = performance.now();
  await expect(attempt(() => server.api().getLive(web))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /^The cluster at \S+ did not get deployments shop\/web \(no answer in the 0.3 s of one attempt\)$/,
    ),
  });
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(server.asked).toHaveLength(1);
});

test('a read of a cancelled activity ends with its cancellation', async () => {
  const server = await startStandIn();
  server.answer = () => {};
  const cancelled = new AbortController();
  const reading = attempt(() => server.api().getLive(web), 20_000, cancelled);
  await eventually(async () => expect(server.asked).toHaveLength(1));
  cancelled.abort(new Error('superseded'));
  await expect(reading).rejects.toThrow('superseded');
});

test('a write under way is not given up: its outcome is known', async () => {
  const server = await startStandIn();
  const held: ServerResponse[] = [];
  server.answer = (_, response) => held.push(response);
  const cancelled = new AbortController();
  const writing = attempt(() => server.api().patch(web, step), 20_000, cancelled);
  await eventually(async () => expect(held).toHaveLength(1));
  cancelled.abort(new Error('superseded'));
  await sleep(50);
  reply(held[0]!, 200, stored);
  expect((await writing).metadata?.uid).toBe('u1');
});

test('writes that wait for a connection are withdrawn: they never reach the server', async () => {
  const server = await startStandIn();
  const held: ServerResponse[] = [];
  server.answer = (_, response) => held.push(response);
  const api = server.api();
  const slow = Array.from({ length: 16 }, () => api.getLive(web));
  await eventually(async () => expect(held).toHaveLength(16));
  const writes = Array.from({ length: 10 }, () => attempt(() => api.patch(web, step)));
  const startMs = performance.now();
  const outcomes = await Promise.allSettled(writes);
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('rejected'));
  for (const response of held) reply(response, 200, stored);
  await Promise.all(slow);
  server.answer = (_, response) => reply(response, 200, stored);
  await api.getLive(web);
  expect(server.asked.filter(({ method }) => method === 'PATCH')).toEqual([]);
});

test('a wait ends with its attempt, and says for what', async () => {
  const server = await startStandIn();
  const api = server.api();
  const wait = {
    kinds: ['pods'] as const,
    namespace: 'shop',
    timeoutMs: 20_000,
    what: () => 'pod web',
  };
  const waiting = attempt(() => api.until(wait, async () => undefined));
  await expect(waiting).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^waited 0\.[23] s for pod web$/),
  });
});

test('a list that others wait for goes on where the attempt that began it ends', async () => {
  const server = await startStandIn();
  const held: ServerResponse[] = [];
  server.answer = (_, response) => held.push(response);
  const api = server.api();
  const first = attempt(() => api.list(pods.kind, pods.namespace));
  const patient = api.list(pods.kind, pods.namespace);
  await expect(first).rejects.toMatchObject({ code: 'unavailable' });
  expect(held).toHaveLength(1);
  reply(held[0]!, 200, listing('7'));
  expect(await patient).toEqual([]);
});
