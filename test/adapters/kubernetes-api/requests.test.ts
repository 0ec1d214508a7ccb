import { expect, test } from 'vitest';
import { TestFailed } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import { reply, startStandIn } from './stand-in-server.ts';

const web = { kind: 'deployments', namespace: 'shop', name: 'web' } as const;
const stored = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '5' },
  spec: { template: { spec: { containers: [], aFieldOfTomorrow: 'kept' } } },
};

test('a busy API server is asked again, not before it said', async () => {
  const server = await startStandIn();
  const atMs: number[] = [];
  server.answer = (_, response) => {
    atMs.push(performance.now());
    if (atMs.length > 1) reply(response, 200, stored);
    else reply(response, 429, { message: 'too many' }, { 'retry-after': '1' });
  };
  expect((await server.api().getLive(web))?.metadata?.uid).toBe('u1');
  expect(atMs).toHaveLength(2);
  expect(atMs[1]! - atMs[0]!).toBeGreaterThan(990);
});

test('an API server that stays unwell is given up on in words, without the token', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 503, { message: 'etcd has no leader' });
  const asking = server.api({ requests: { attempts: 2 } }).getLive(web);
  await expect(asking).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(
      /^The cluster at http:\S+ did not get deployments shop\/web \(503, etcd has no leader\)$/,
    ),
  });
  await expect(asking).rejects.not.toThrow('hunter2');
  expect(server.asked).toHaveLength(2);
});

test('an API server that does not answer is not waited for', async () => {
  const server = await startStandIn();
  server.answer = () => {};
  const asking = server.api({ requests: { timeoutMs: 50, attempts: 2 } }).getLive(web);
  await expect(asking).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('no answer in time'),
  });
});

test('a connection that breaks is tried again', async () => {
  const server = await startStandIn();
  server.answer = ({ headers }, response) => {
    expect(headers.authorization).toBe('Bearer hunter2');
    if (server.asked.length === 1) response.destroy();
    else reply(response, 200, stored);
  };
  expect((await server.api().getLive(web))?.metadata?.uid).toBe('u1');
});

test('credentials that are refused twice are not tried a third time', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 401, { message: 'Unauthorized' });
  await expect(server.api().getLive(web)).rejects.toMatchObject({ code: 'unauthorized' });
  expect(server.asked).toHaveLength(2);
});

test('the audit log learns who asks, over one kept connection', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api();
  for (let turn = 0; turn < 5; turn++) await api.getLive(web);
  expect(server.asked.map(({ headers }) => headers['user-agent'])).toEqual(
    Array(5).fill('belay/1.2.3'),
  );
  expect(server.connections).toBe(1);
});

test('requests keep to their rate', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api({ rate: { qps: 100, burst: 10 } });
  const startMs = performance.now();
  await Promise.all(Array.from({ length: 40 }, () => api.getLive(web)));
  expect(performance.now() - startMs).toBeGreaterThan(290);
});

test('a queue that would take too long turns the next one away', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const api = server.api({ rate: { qps: 10, burst: 1 }, requests: { queueMs: 150 } });
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => api.getLive(web)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  expect(outcomes[2]).toMatchObject({
    reason: { code: 'unavailable', message: expect.stringContaining('BELAY_KUBERNETES_QPS') },
  });
});

test('a patch that does not fit is a failed test, and is not repeated', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 422, { reason: 'Invalid', details: {} });
  const patching = server.api().patch(web, [{ op: 'test', path: '/a', value: null }]);
  await expect(patching).rejects.toThrow(TestFailed);
  expect(server.asked).toHaveLength(1);
});

test('a field that is newer than our client is not lost', async () => {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, stored);
  const read = await server.api().getLive(web);
  expect(read?.spec?.template.spec).toEqual({ containers: [], aFieldOfTomorrow: 'kept' });
});

test('times are Dates where the types say so, and annotations stay as they are', async () => {
  const server = await startStandIn();
  const time = '2026-11-21T13:00:00Z';
  const condition = { type: 'Available', status: 'True', lastTransitionTime: time };
  const metadata = {
    ...stored.metadata,
    creationTimestamp: time,
    annotations: { startTime: time },
  };
  const status = { conditions: [condition] };
  server.answer = (_, response) => reply(response, 200, { ...stored, metadata, status });
  const read = await server.api().getLive(web);
  expect(read?.metadata?.creationTimestamp).toEqual(new Date(time));
  expect(read?.metadata?.annotations).toEqual({ startTime: time });
  expect(read?.status?.conditions?.[0]?.lastTransitionTime).toEqual(new Date(time));
});
