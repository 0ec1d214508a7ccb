/** The gateway over HTTP, before a real Temporal and Belay's own workflows. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { Breakers } from '../../src/adapters/breakers/breakers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlertResponse } from '../../src/contracts/rollouts/alerts.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { sign } from '../../src/http/credentials.ts';
import { startGateway, type Gateway } from '../../workers/start-gateway.ts';
import { eventually } from '../fixtures/eventually.ts';
import { RolloutBench } from '../fixtures/rollouts.ts';
import { devServer } from '../fixtures/temporal.ts';
import { noObjectives } from '../fixtures/no-objectives.ts';
import { firing, notificationOf } from './gateway-on-loopback.ts';

const token = 'a-token-of-the-tests';
const signingSecret = 'a-secret-of-the-tests';
let env: TestWorkflowEnvironment;
let bench: RolloutBench;
let gateway: Gateway;

beforeAll(async () => {
  env = await devServer();
  bench = await RolloutBench.start(env.client, env.nativeConnection);
  gateway = await startBefore(env.client);
});

afterAll(async () => {
  await gateway.close();
  await bench.stop();
  await env.teardown();
});

function startBefore(client: Client, answerWithinMs = 8_000): Promise<Gateway> {
  const settings = { port: 0, address: '127.0.0.1', requestsPerMinute: 10_000 };
  return startGateway({
    breakers: new Breakers({ failures: 5, openMs: 60_000, successes: 2 }),
    config: { gateway: settings, taskQueue: bench.taskQueue, drainMs: 5_000 },
    client,
    responses: bench.responses,
    objectives: noObjectives,
    credentials: { tokens: [{ secret: token }], signingSecrets: [{ secret: signingSecret }] },
    log: pino({ level: 'silent' }),
    answerWithinMs,
  });
}

const authorization = `Bearer ${token}`;

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function rollbacks(query: string): Promise<AlertResponse[]> {
  const answer = await fetch(`${gateway.url}/rollbacks?${query}`, { headers: { authorization } });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { rollbacks: AlertResponse[] }).rollbacks;
}

const labelsOf = ({ service }: ServiceRef) => ({ deployment: service, namespace: 'demo' });
const held = {
  release: { version: 'v3', command: ['serve'] },
  replicas: 2,
  stages: [{ weight: 20, hold: '10m' }],
  analysis: 'none',
};

async function holding(): Promise<ServiceRef> {
  const shop = bench.serving();
  await bench.start(shop, held);
  await bench.until(shop, ({ phase }) => phase === 'holding');
  return shop;
}

describe('alerts over HTTP', () => {
  it('abort the rollout they are about, among others that are broken or ask for nothing', async () => {
    const shop = await holding();
    const bystander = await holding();
    const asking = firing(labelsOf(shop));
    const answer = await post(
      '/v1/alerts',
      notificationOf(
        firing({ action: 'page', ...labelsOf(bystander) }),
        firing(labelsOf(bystander), { startsAt: 'yesterday' }),
        asking,
        null,
      ),
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { started: [expect.any(String)], known: [], ignored: 2, refused: [{ alert: 1 }] },
    });
    expect(await bench.result(shop)).toMatchObject({ outcome: 'RolledBack' });
    const [response] = await eventually(async () => {
      const listed = await rollbacks(`service=${shop.service}&environment=demo&since=1h`);
      if (listed[0]?.ending === undefined) throw new Error('not ended yet');
      return listed;
    });
    expect(response).toMatchObject({ action: 'abort', ending: { outcome: 'RolledBack' } });
    expect((await bench.status(bystander)).phase).toBe('holding');
    await post(`/v1/services/demo/${bystander.service}/abort`, {});
    await bench.result(bystander);
  });

  it('are absorbed when they come again, one by one or many at a time', async () => {
    const shop = await holding();
    const asking = notificationOf(firing(labelsOf(shop)));
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/v1/alerts', asking)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const started = answers.flatMap(({ body }) => body['started'] as string[]);
    expect(started).toHaveLength(1);
    await bench.result(shop);
    expect((await post('/v1/alerts', asking)).body).toMatchObject({ started: [], known: started });
    await bench.client.workflow.getHandle(started[0] ?? '').result();
    expect(await rollbacks(`service=${shop.service}`)).toHaveLength(1);
  });

  it('do nothing once resolved, and not either when the firing one comes late', async () => {
    const shop = await holding();
    const fired = firing(labelsOf(shop));
    const resolved = { ...fired, status: 'resolved', endsAt: new Date().toISOString() };
    const { body } = await post('/v1/alerts', notificationOf(resolved));
    expect((await post('/v1/alerts', notificationOf(fired))).body).toMatchObject({
      started: [],
      known: body['started'],
    });
    const [alertId = ''] = body['started'] as string[];
    expect(await bench.client.workflow.getHandle(alertId).result()).toMatchObject({
      action: 'none',
      reason: 'it was resolved before anything was done',
    });
    expect((await bench.status(shop)).phase).toBe('holding');
    await post(`/v1/services/demo/${shop.service}/abort`, {});
    await bench.result(shop);
  });

  it.each([
    ['no JSON', '{"version":', [/^not JSON: /]],
    ['another version', { version: '3' }, [/^version: only "4"/, /^alerts: /]],
    ['nothing', '', [/expected object/]],
    [
      'one alert that cannot be read',
      notificationOf(firing({}, { fingerprint: '' })),
      [/^alerts\.0\.fingerprint: /],
    ],
  ])('are refused for %s, with every problem', async (_, payload, problems) => {
    const { status, body } = await post('/v1/alerts', payload);
    expect(status).toBe(400);
    expect((body['error'] as { problems: string[] }).problems).toEqual(
      problems.map((problem) => expect.stringMatching(problem) as string),
    );
  });

  it('are sent again by Alertmanager while Temporal is away, and then taken', async () => {
    const shop = await holding();
    const own = gateway;
    const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    gateway = await startBefore(new Client({ connection }), 1_000);
    const asking = notificationOf(firing(labelsOf(shop)));
    try {
      const { status, body } = await post('/v1/alerts', asking);
      expect(status).toBe(503);
      expect(body).toEqual({
        error: { message: 'Temporal, or a worker, does not answer; send it again' },
      });
      expect((await post(`/v1/services/demo/${shop.service}/abort`, {})).status).toBe(503);
    } finally {
      await gateway.close();
      await connection.close();
      gateway = own;
    }
    expect((await post('/v1/alerts', asking)).body['started']).toHaveLength(1);
    expect((await bench.result(shop)).outcome).toBe('RolledBack');
  });
});

describe('verbs over HTTP', () => {
  it('are answered as `belay` answers them: done, refused with the reason, or nothing open', async () => {
    const shop = await holding();
    const to = (verb: string) => `/v1/services/demo/${shop.service}/${verb}`;
    expect(await post(to('approve'), { by: 'ana' })).toMatchObject({
      status: 409,
      body: {
        error: { message: expect.stringMatching(/^No approval is being waited for/) as string },
      },
    });
    expect((await post(to('promote'), { by: 'ci', stage: 50 })).status).toBe(409);
    expect((await post(to('dance'), {})).status).toBe(404);
    expect(await post(to('promote'), { stage: 'all', cause: 'alert' })).toMatchObject({
      status: 400,
      body: {
        error: {
          problems: [/^stage: /, /cause/].map((one) => expect.stringMatching(one) as string),
        },
      },
    });
    expect(await post(to('promote'), { by: 'ci', why: 'tests pass', stage: 20 })).toMatchObject({
      status: 200,
      body: { verb: 'promote' },
    });
    const report = await bench.result(shop);
    expect(report).toMatchObject({ outcome: 'Promoted' });
    expect(report.people).toMatchObject([{ verb: 'promote', by: 'ci', why: 'tests pass' }]);
    expect((await post(to('promote'), { by: 'ci' })).status).toBe(404);
    expect((await post('/v1/services/demo/nobody/abort', {})).status).toBe(404);
  });

  it('are done once for each idempotency key', async () => {
    const shop = bench.serving();
    const stages = [
      { weight: 20, hold: '10m' },
      { weight: 50, hold: '10m' },
    ];
    await bench.start(shop, { ...held, stages });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const key = { 'idempotency-key': randomUUID() };
    const promote = () => post(`/v1/services/demo/${shop.service}/promote`, { by: 'ci' }, key);
    const first = await promote();
    await bench.until(shop, ({ phase, weight }) => phase === 'holding' && weight === 50);
    expect(await promote()).toEqual(first);
    expect((await bench.status(shop)).weight).toBe(50);
    await bench.client.workflow.getHandle(rolloutWorkflowId(shop)).signal('abort');
    await bench.result(shop);
  });

  it('abort, though a key was used for promote before', async () => {
    const shop = bench.serving();
    const stages = [
      { weight: 20, hold: '10m' },
      { weight: 50, hold: '10m' },
    ];
    await bench.start(shop, { ...held, stages });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const key = { 'idempotency-key': randomUUID() };
    const to = (verb: string) => post(`/v1/services/demo/${shop.service}/${verb}`, {}, key);
    expect(await to('promote')).toMatchObject({ status: 200, body: { verb: 'promote' } });
    expect(await to('abort')).toMatchObject({ status: 200, body: { verb: 'abort' } });
    expect((await bench.result(shop)).outcome).toBe('Aborted');
  });

  it('reach the run that they name, and are refused by another', async () => {
    const shop = await holding();
    const { rolloutId } = await bench.status(shop);
    const abort = (runRef: string) =>
      post(`/v1/services/demo/${shop.service}/abort`, { by: 'ci', runRef });
    expect(await abort('20260101T000000-00000000')).toMatchObject({
      status: 409,
      body: { error: { message: expect.stringContaining(rolloutId) as string } },
    });
    expect((await bench.status(shop)).phase).toBe('holding');
    expect((await abort(rolloutId)).status).toBe(200);
    await bench.result(shop);
  });

  it('that were signed for one run do not work on the next', async () => {
    const shop = await holding();
    const path = `/v1/services/demo/${shop.service}/abort`;
    const body = '{"by":"ci"}';
    const timestamp = String(Math.floor(Date.now() / 1000));
    const v1 = sign(signingSecret, { timestamp, method: 'POST', path, body: Buffer.from(body) });
    const caught = () =>
      fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'x-belay-signature': `t=${timestamp},v1=${v1}` },
        body,
      });
    expect((await caught()).status).toBe(200);
    await bench.result(shop);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const again = await caught();
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringMatching(/abort was signed before the open run started/) as string,
    ]);
    expect((await bench.status(shop)).phase).toBe('holding');
    await post(path, {});
    await bench.result(shop);
  });
});

it('lists what was done about alerts by service, action and time, and refuses other filters', async () => {
  expect(await rollbacks('action=undo&since=1s&limit=5')).toEqual([]);
  const none = await rollbacks('action=none');
  expect(none.every(({ action }) => action === 'none')).toBe(true);
  const answer = await fetch(`${gateway.url}/v1/rollbacks?since=soon&limit=0&colour=red`, {
    headers: { authorization },
  });
  expect(answer.status).toBe(400);
  const { error } = (await answer.json()) as { error: { problems: string[] } };
  expect(error.problems).toHaveLength(3);
});
