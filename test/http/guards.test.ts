import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign, type Credentials } from '../../src/http/credentials.ts';
import { firing, GatewayOnLoopback, notificationOf } from '../gateway/gateway-on-loopback.ts';

const secret = 'a-secret-of-the-tests';
const token = 'a-token-of-the-tests';
const credentials: Credentials = {
  tokens: [{ secret: token }, { name: 'ci', secret: 'the-token-of-the-ci' }],
  signingSecrets: [{ secret }],
};
const toRollouts = { kind: 'verbs', lock: 'rollout' } as const;
const path = '/v1/services/demo/shop/promote';
const bearer = (given: string) => ({ authorization: `Bearer ${given}` });

let gateway: GatewayOnLoopback;
beforeEach(() => {
  gateway = new GatewayOnLoopback();
});
afterEach(() => gateway.stop());

function signed(over: { body?: string; to?: string; atMs?: number; with?: string } = {}) {
  const { body = '{"by":"ana"}', to = path, atMs = Date.now() } = over;
  const timestamp = String(Math.floor(atMs / 1000));
  const what = { timestamp, method: 'POST', path: to, body: Buffer.from(body) };
  return { 'x-belay-signature': `t=${timestamp},v1=${sign(over.with ?? secret, what)}` };
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  return (await answer).status;
}

describe('who is let in', () => {
  beforeEach(() => gateway.start({ credentials }));
  const body = '{"by":"ana"}';

  it.each<[string, Record<string, string>, number]>([
    ['nobody without a credential', {}, 401],
    ['the right token', bearer(token), 200],
    ['the right token, whatever the case of its scheme', { authorization: `bearer ${token}` }, 200],
    ['another token', bearer('a-token-of-the-tests!'), 401],
    ['a part of the token', bearer(token.slice(0, -1)), 401],
    ['no token at all', bearer(''), 401],
    ['another scheme', { authorization: `Basic ${token}` }, 401],
    ['the right signature', signed(), 200],
    ['a signature with another secret', signed({ with: 'another-secret-of-tests' }), 401],
    ['a signature of another body', signed({ body: '{"by":"bo"}' }), 401],
    ['a signature for another path', signed({ to: path.replace('promote', 'abort') }), 401],
    ['a signature of six minutes ago', signed({ atMs: Date.now() - 6 * 60_000 }), 401],
    ['a signature of six minutes from now', signed({ atMs: Date.now() + 6 * 60_000 }), 401],
    ['a signature that is none', { 'x-belay-signature': 'v1=abc' }, 401],
  ])('%s', async (_, headers, status) => {
    expect(await statusOf(gateway.post(path, body, headers))).toBe(status);
    expect(gateway.sent).toHaveLength(status === 200 ? 1 : 0);
  });

  it('asks for a credential for alerts and for the history, but not for its health', async () => {
    expect(await statusOf(gateway.post('/v1/alerts', notificationOf(firing())))).toBe(401);
    expect(await statusOf(fetch(`${gateway.url}/rollbacks`))).toBe(401);
    expect(await statusOf(fetch(`${gateway.url}/health/ready`))).toBe(200);
    expect(gateway.alerts).toEqual([]);
  });

  it('takes a signed request that was caught and is sent again for the same message', async () => {
    const headers = signed();
    await gateway.post(path, body, headers);
    await gateway.post(path, body, headers);
    const [first, again] = gateway.sent;
    expect(first?.updateId).toBe(again?.updateId);
  });

  it('takes no key that a signature does not cover, so that a caught request stays one message', async () => {
    const headers = { ...signed(), 'idempotency-key': 'another' };
    expect(await statusOf(gateway.post(path, body, headers))).toBe(400);
    expect(gateway.sent).toEqual([]);
    const keyed = '{"by":"ana","idempotencyKey":"build-1"}';
    await gateway.post(path, keyed, signed({ body: keyed }));
    await gateway.post(path, keyed, signed({ body: keyed, atMs: Date.now() - 2_000 }));
    const [first, again] = gateway.sent;
    expect(first?.updateId).toBe(again?.updateId);
  });

  it('says when a request was signed, so that it is not taken for a later run', async () => {
    const atMs = Date.now() - 60_000;
    await gateway.post(path, body, signed({ atMs }));
    expect(gateway.sent[0]?.signedAtMs).toBe(Math.floor(atMs / 1000) * 1000);
  });

  it('has a caller with a name speak for itself alone', async () => {
    const asCi = bearer('the-token-of-the-ci');
    expect(await statusOf(gateway.post(path, { by: 'ana' }, asCi))).toBe(403);
    expect(await statusOf(gateway.post(path, undefined, asCi))).toBe(200);
    expect(gateway.sent[0]?.input).toEqual({ by: 'ci' });
  });
});

describe('what a credential is for', () => {
  const scoped: Credentials = {
    tokens: [
      { name: 'alertmanager', secret: 'the-token-of-alerts', scopes: [{ kind: 'alerts' }] },
      { name: 'reader', secret: 'the-token-of-a-reader', scopes: [{ kind: 'read' }] },
      {
        name: 'ci',
        secret: 'the-token-of-the-ci',
        scopes: [
          { ...toRollouts, environment: 'demo', name: 'shop', verbs: ['promote', 'abort'] },
          { ...toRollouts, environment: 'staging' },
        ],
      },
    ],
    signingSecrets: [{ name: 'hook', secret, scopes: [{ kind: 'alerts' }] }],
  };
  beforeEach(() => gateway.start({ credentials: scoped }));

  it.each<[string, string, Record<string, string>, number]>([
    ["Alertmanager's sends no verb", path, bearer('the-token-of-alerts'), 403],
    ['one for reading sends no verb', path, bearer('the-token-of-a-reader'), 403],
    ['one for a verb sends it', path, bearer('the-token-of-the-ci'), 200],
    ['...and no other', path.replace('promote', 'approve'), bearer('the-token-of-the-ci'), 403],
    ['...to no other service', path.replace('shop', 'till'), bearer('the-token-of-the-ci'), 403],
    [
      '...in no other environment',
      path.replace('demo', 'live'),
      bearer('the-token-of-the-ci'),
      403,
    ],
    [
      'one for an environment sends every verb there',
      '/v1/services/staging/till/approve',
      bearer('the-token-of-the-ci'),
      200,
    ],
    ['a secret for alerts signs no verb', path, signed({ body: '{}' }), 403],
  ])('%s', async (_, to, headers, status) => {
    const answer = await gateway.post(to, {}, headers);
    expect(answer.status).toBe(status);
    expect(gateway.sent).toHaveLength(status === 200 ? 1 : 0);
    if (status === 403) expect(await answer.text()).toMatch(/does not have the scope verbs:/);
  });

  it('says which scope is missing for alerts and the history, too', async () => {
    const alerts = await gateway.post(
      '/v1/alerts',
      notificationOf(firing()),
      bearer('the-token-of-the-ci'),
    );
    expect([alerts.status, await alerts.json()]).toEqual([
      403,
      { error: { message: 'the credential of ci does not have the scope alerts' } },
    ]);
    const headers = bearer('the-token-of-alerts');
    expect(await statusOf(fetch(`${gateway.url}/rollbacks`, { headers }))).toBe(403);
    const reader = bearer('the-token-of-a-reader');
    expect(await statusOf(fetch(`${gateway.url}/rollbacks`, { headers: reader }))).toBe(200);
    expect(gateway.alerts).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'build-1' };
  beforeEach(() => gateway.start({ credentials }));
  const idOf = async (to: string, body: object, given = token) => {
    await gateway.post(to, body, { ...key, ...bearer(given) });
    return gateway.sent.at(-1)?.updateId;
  };
  const abort = path.replace('promote', 'abort');

  it('is one message for one caller and one order, whatever the remark', async () => {
    const first = await idOf(path, { by: 'ana', why: 'tests pass' });
    expect(await idOf(path, { by: 'ana', why: 'tests pass, second try' })).toBe(first);
  });

  it.each<[string, string, object, string]>([
    ['with another verb', abort, { by: 'ana' }, token],
    ['for another stage', path, { by: 'ana', stage: 20 }, token],
    ['for another run', path, { by: 'ana', runRef: '20261121T101500-0a1b2c3d' }, token],
    ['in another name', path, { by: 'bo' }, token],
    ['of another caller', path, {}, 'the-token-of-the-ci'],
  ])('is another message %s', async (_, to, body, given) => {
    const first = await idOf(path, { by: 'ana' });
    expect(await idOf(to, body, given)).not.toBe(first);
    expect(gateway.sent).toHaveLength(2);
  });
});

describe('without any credential', () => {
  beforeEach(() => gateway.start());

  it('takes what comes from this machine', async () => {
    expect(await statusOf(gateway.post(path, { by: 'ana' }))).toBe(200);
  });

  it('takes nothing that a web page has a browser send', async () => {
    const headers = { origin: 'http://evil.example' };
    expect(await statusOf(gateway.post(path, { by: 'ana' }, headers))).toBe(403);
    expect(gateway.sent).toEqual([]);
  });
});

describe('how much is taken', () => {
  it('is a megabyte, whether or not its length is told beforehand', async () => {
    await gateway.start();
    const large = 'x'.repeat(1024 * 1024 + 1);
    expect(await statusOf(gateway.post('/v1/alerts', large))).toBe(413);
    const stream = new Blob([large]).stream();
    const untold = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    expect(await statusOf(fetch(`${gateway.url}/v1/alerts`, untold))).toBe(413);
  });

  it('is so many requests a minute, then it is told when to come again', async () => {
    await gateway.start({ credentials, requestsPerMinute: 3 });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await gateway.post(path, { by: 'ana' }, bearer('x')));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect(Number(answers[3]?.headers.get('retry-after'))).toBe(20);
    expect(await statusOf(fetch(`${gateway.url}/health/live`))).toBe(200);
  });
});

describe('a flood of requests without a credential', () => {
  const limited = { credentials, requestsPerMinute: 3 };
  const flood = async (headers: Record<string, string>) => {
    for (let i = 0; i < 5; i++) await gateway.post(path, '{}', headers);
  };
  beforeEach(() => gateway.start(limited));

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['a wrong token', bearer('x')],
    ['a wrong signature', signed({ body: '{}', with: 'another-secret-of-tests' })],
  ])(
    'with %s locks out nobody who has one, though all come from one address',
    async (_, headers) => {
      await flood(headers);
      expect(await statusOf(gateway.post(path, '{}', headers))).toBe(429);
      const alerts = notificationOf(firing());
      expect(await statusOf(gateway.post('/v1/alerts', alerts, bearer(token)))).toBe(200);
      expect(await statusOf(gateway.post(path, '{"by":"ana"}', signed()))).toBe(200);
    },
  );

  it('of one credential takes nothing from another', async () => {
    await flood(bearer(token));
    expect(await statusOf(gateway.post(path, '{}', bearer(token)))).toBe(429);
    expect(await statusOf(gateway.post(path, '{}', bearer('the-token-of-the-ci')))).toBe(200);
  });
});

it('does not show its figures where webhooks arrive', async () => {
  await gateway.start();
  expect(await statusOf(fetch(`${gateway.url}/metrics`))).toBe(404);
});

it('does not know other places', async () => {
  await gateway.start();
  expect(await statusOf(gateway.post('/v1/nowhere'))).toBe(404);
  expect(await statusOf(fetch(`${gateway.url}/v1/alerts`))).toBe(404);
});
