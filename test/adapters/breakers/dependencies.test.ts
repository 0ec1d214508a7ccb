/** What counts against each kind of dependency, told by real servers. */
import { expect, test } from 'vitest';
import { Breakers } from '../../../src/adapters/breakers/breakers.ts';
import { letUndosThrough } from '../../../src/adapters/breakers/let-undos-through.ts';
import { readJsonValue } from '../../../src/adapters/json-http/read-json-value.ts';
import { createLocalPlatform } from '../../../src/adapters/local-platform/local-platform.ts';
import { createNotificationSender } from '../../../src/adapters/notify/create-notification-sender.ts';
import { createPrometheusReader } from '../../../src/adapters/prometheus/prometheus-reader.ts';
import { SourceError } from '../../../src/contracts/rollouts/metric-reader.ts';
import { secretReader } from '../../../src/config/notifications-secret.ts';
import { judgeReceiver } from '../../../src/policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../../../src/policies/kernel/notifications/plan-deliveries.ts';
import { failed } from '../../policies/kernel/notifications/notification.ts';
import { closedPort, startStandIn } from '../json-http/stand-in.ts';
import {
  listing,
  reply,
  startStandIn as startApiServer,
} from '../kubernetes-api/stand-in-server.ts';
import { slackAt } from '../notify/sending.ts';
import { anywhere, exchange } from '../../fixtures/anywhere.ts';

const settings = { failures: 3, openMs: 60_000, successes: 2 };
const shop = { service: 'shop', environment: 'test', target: { platform: 'local' as const } };
const fence = { rolloutId: 'r1', step: 1 };

function openBreakers() {
  const breakers = new Breakers(settings);
  const stateOf = (dependency: string) =>
    breakers.reports().find((report) => report.dependency === dependency)?.state;
  return { breakers, stateOf, guardOf: (dependency: string) => breakers.guard(dependency) };
}

async function times(count: number, call: () => Promise<unknown>): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (let i = 0; i < count; i += 1) outcomes.push(await call().catch((error: unknown) => error));
  return outcomes;
}

test.each([
  ['breaks', 'open', 500, {}],
  ['refuses a fence', 'closed', 409, { error: { code: 'stale-fence', message: 'later' } }],
  ['knows no such service', 'closed', 404, { error: { code: 'not-found', message: 'none' } }],
  ['cannot do it now and says so', 'closed', 503, { error: { code: 'unavailable' } }],
])('a local platform that %s leaves its breaker %s', async (_, state, status, body) => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startStandIn((__, response) => {
    response.writeHead(status).end(JSON.stringify(body));
  });
  const platform = createLocalPlatform({
    locate: async () => ({ url: server.origin, token: 't' }),
    guard: guardOf('local-platform'),
  });
  await times(4, () => platform.setWeight(shop, fence, 20));
  expect([stateOf('local-platform'), server.asked.length]).toEqual([
    state,
    state === 'open' ? 3 : 4,
  ]);
});

test('an undo reaches a local platform that nothing else is sent to, and opens the way again', async () => {
  const { breakers, stateOf, guardOf } = openBreakers();
  let isWell = false;
  const server = await startStandIn((_, response) => {
    response.writeHead(isWell ? 200 : 500).end('{"verified":true,"weight":0}');
  });
  const platform = letUndosThrough(
    createLocalPlatform({
      locate: async () => ({ url: server.origin, token: 't' }),
      guard: guardOf('local-platform'),
    }),
  );
  await times(3, () => platform.setWeight(shop, fence, 20));
  expect(stateOf('local-platform')).toBe('open');
  const [refused] = await times(1, () => platform.setWeight(shop, fence, 20));
  expect(refused).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('is not called now') as string,
    cause: { name: 'BreakerOpen' },
  });
  isWell = true;
  await platform.setWeight(shop, fence, 0);
  await platform.setWeight(shop, fence, 20);
  await platform.setWeight(shop, fence, 20);
  expect(stateOf('local-platform')).toBe('closed');
  expect(breakers.reports()).toMatchObject([{ failures: 3, successes: 3, rejected: 1, opened: 1 }]);
});

test('silence and 5xx of an API server count, refusals and 429 do not', async () => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startApiServer();
  const web = { kind: 'deployments', namespace: 'shop', name: 'web' } as const;
  const api = server.api({
    requests: { attempts: 1, timeoutMs: 200 },
    guard: guardOf('kubernetes/test'),
  });
  for (const status of [403, 409, 422, 429]) {
    server.answer = (_, response) => reply(response, status, { message: 'no' });
    await times(3, () => api.getLive(web));
    expect([status, stateOf('kubernetes/test')]).toEqual([status, 'closed']);
  }
  server.answer = (_, response) => reply(response, 500, { message: 'etcd has no leader' });
  await times(2, () => api.getLive(web));
  server.answer = () => {};
  await times(1, () => api.getLive(web));
  expect(stateOf('kubernetes/test')).toBe('open');
  const asked = server.asked.length;
  const [refused] = await times(1, () => api.getLive(web));
  expect(refused).toMatchObject({ code: 'unavailable', cause: { name: 'BreakerOpen' } });
  expect(server.asked).toHaveLength(asked);
});

test('informers list through an open breaker: undos go by what they know', async () => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startApiServer();
  const web = { kind: 'deployments', namespace: 'shop', name: 'web' } as const;
  const api = server.api({ requests: { attempts: 1 }, guard: guardOf('kubernetes/test') });
  server.answer = (_, response) => reply(response, 500, {});
  await times(3, () => api.getLive(web));
  expect(stateOf('kubernetes/test')).toBe('open');
  server.answer = (_, response) => reply(response, 200, listing('1'));
  expect(await api.get(web)).toBeUndefined();
  expect(stateOf('kubernetes/test')).toBe('half-open');
});

const subject = { ref: shop, version: 'v2', track: 'canary' as const };
const fill = (text: string) => text;

test.each([
  ['an error of PromQL', 'closed', 422, { status: 'error', errorType: 'execution', error: 'x' }],
  ['a 401', 'closed', 401, 'who are you'],
  ['a 502 of a proxy before it', 'open', 502, 'bad gateway'],
])('%s leaves the breaker of a Prometheus server %s', async (_, state, status, body) => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startStandIn((__, response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const reader = createPrometheusReader({ address: server.origin }, { fill, guardOf, ...anywhere });
  await times(4, () => reader.checkServer(1_000));
  expect(stateOf(`prometheus/${new URL(server.origin).host}`)).toBe(state);
});

test('a reading from a Prometheus that is left alone is none, and says why', async () => {
  const { guardOf } = openBreakers();
  const address = `http://127.0.0.1:${await closedPort()}`;
  const reader = createPrometheusReader({ address }, { fill, guardOf, ...anywhere });
  await times(3, () => reader.checkServer(1_000));
  const source = { kind: 'prometheus-value' as const, query: 'up' };
  const [refused] = await times(1, () => reader.readValue(source, subject, 1_000));
  expect(refused).toBeInstanceOf(SourceError);
  expect((refused as Error).message).toMatch(/prometheus\/127.0.0.1:\d+ is not called now/);
});

test.each([
  [404, 'closed'],
  [500, 'open'],
])('a %i of a source of JSON leaves the breaker of its origin %s', async (status, state) => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startStandIn((__, response) => {
    response.writeHead(status).end('{}');
  });
  const other = await startStandIn((__, response) => void response.end('{"value":1}'));
  const read = (origin: string) => () =>
    readJsonValue({ kind: 'http', url: `${origin}/queue`, pointer: '/value' }, subject, {
      ...{ fill, exchange, timeoutMs: 1_000, guardOf },
    });
  await times(4, read(server.origin));
  await times(1, read(other.origin));
  expect(stateOf(`http/${new URL(server.origin).host}`)).toBe(state);
  expect(stateOf(`http/${new URL(other.origin).host}`)).toBe('closed');
});

test('a source that is too slow counts as silent', async () => {
  const { stateOf, guardOf } = openBreakers();
  const server = await startStandIn(() => {});
  const source = { kind: 'http' as const, url: server.origin, pointer: '/value' };
  await times(3, () => readJsonValue(source, subject, { fill, exchange, timeoutMs: 50, guardOf }));
  expect(stateOf(`http/${new URL(server.origin).host}`)).toBe('open');
});

test('a channel that is down is not waited for by every notification, and says so without its address', async () => {
  const { stateOf, guardOf } = openBreakers();
  const { channel, env } = slackAt(`http://127.0.0.1:${await closedPort()}`);
  const notifier = createNotificationSender({
    refuse: judgeReceiver,
    plan: (each) => planDeliveries({ channels: [channel], routes: [{ to: ['team'] }] }, each),
    readSecret: secretReader(env),
    retryTimes: { delaysMs: [10, 10, 10], budgetMs: 1_000 },
    guardOf,
  });
  const [report] = await notifier.notify(failed());
  expect(report).toMatchObject({
    ...{ result: 'not-delivered', attempts: 4 },
    reason: expect.stringContaining('notify/team is not called now') as string,
  });
  expect(JSON.stringify(report)).not.toContain('xoxb');
  expect(stateOf('notify/team')).toBe('open');
});

test('more dependencies than are kept are forgotten, the one that was used longest ago first', async () => {
  const { breakers } = openBreakers();
  for (let i = 0; i < 101; i += 1) {
    await breakers.guard(`http/source-${i}`)(
      async () => 1,
      () => 'ok',
    );
  }
  const kept = breakers.reports().map(({ dependency }) => dependency);
  expect(kept).toHaveLength(100);
  expect(kept).not.toContain('http/source-0');
});
