import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sign, type Credentials } from '../../../workers/gateway/credentials.ts';
import { firing, GatewayOnLoopback, notificationOf } from './gateway-on-loopback.ts';

const secret = 'a-secret-of-the-tests';
const token = 'a-token-of-the-tests';
const credentials: Credentials = {
  tokens: [{ secret: token }, { name: 'ci', secret: 'the-token-of-the-ci' }],
  signingSecrets: [{ secret }],
};
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
    expect(gateway.said).toHaveLength(status === 200 ? 1 : 0);
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
    const [first, again] = gateway.said;
    expect(first?.updateId).toBe(again?.updateId);
  });

  it('has a caller with a name speak for itself alone', async () => {
    const asCi = bearer('the-token-of-the-ci');
    expect(await statusOf(gateway.post(path, { by: 'ana' }, asCi))).toBe(403);
    expect(await statusOf(gateway.post(path, undefined, asCi))).toBe(200);
    expect(gateway.said[0]?.input).toEqual({ by: 'ci' });
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
    expect(gateway.said).toEqual([]);
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

it('does not know other places', async () => {
  await gateway.start();
  expect(await statusOf(gateway.post('/v1/nowhere'))).toBe(404);
  expect(await statusOf(fetch(`${gateway.url}/v1/alerts`))).toBe(404);
});
