import { request } from 'node:http';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { homeLayout } from '../../../src/config/home.ts';
import { PlatformProcess } from '../platform-process.ts';

const platform = new PlatformProcess();
const fence = { rolloutId: 'r1', step: 1 };

beforeAll(() => platform.start());
afterAll(() => platform.clear());

interface Call {
  method?: string;
  path: string;
  body?: string;
  headers?: Record<string, string>;
}

/** Not with fetch, which does not let a caller lie about its Host. */
function call({ method = 'GET', path, body, headers = {} }: Call) {
  return new Promise<{ status: number; text: string; code: string; message: string }>(
    (resolve, reject) => {
      const url = new URL(path, platform.runFile()?.url);
      const authorization = `Bearer ${platform.token()}`;
      const sent = request(url, { method, headers: { authorization, ...headers } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          const parsed = text.startsWith('{') ? (JSON.parse(text) as { error?: unknown }) : {};
          const { code = '', message = '' } = (parsed.error ?? {}) as Record<string, string>;
          resolve({ status: response.statusCode ?? 0, text, code, message });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}

test('the token is created once, readable only by its owner', () => {
  const path = homeLayout(platform.home).platformToken;
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(platform.token()).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['no token', { authorization: '' }],
  ['another token', { authorization: `Bearer ${'0'.repeat(64)}` }],
  ['no bearer token', { authorization: 'Basic YTpi' }],
])('a caller with %s is refused', async (_caller, headers) => {
  const { status, code } = await call({ path: '/v1/services', headers });
  expect([status, code]).toEqual([
    headers.authorization.startsWith('Basic') ? 400 : 401,
    'unauthorized',
  ]);
});

test('health and metrics need no token', async () => {
  const headers = { authorization: '' };
  expect(await call({ path: '/v1/health', headers })).toMatchObject({ status: 200 });
  expect(await call({ path: '/metrics', headers })).toMatchObject({ status: 200 });
});

test.each([
  ['a host name that was made to point here', { host: 'evil.example:80' }],
  ['a web page', { origin: 'http://localhost:3000' }],
])('a call in the name of %s is refused even with the token', async (_who, headers) => {
  const { status, code } = await call({ path: '/v1/services', headers });
  expect([status, code]).toEqual([403, 'unauthorized']);
});

test('a body over 256 KB is refused', async () => {
  const body = JSON.stringify({ fence, workflowId: 'x'.repeat(256 * 1024) });
  const path = '/v1/services/test/shop/claim';
  expect(await call({ method: 'POST', path, body })).toMatchObject({
    status: 413,
    code: 'invalid',
  });
});

test('an invalid body is refused with every problem in it', async () => {
  const body = JSON.stringify({ fence: { rolloutId: '', step: -1 }, port: 99_999, extra: 1 });
  const refused = await call({ method: 'POST', path: '/v1/services/test/shop/claim', body });
  expect(refused).toMatchObject({ status: 400, code: 'invalid' });
  expect(refused.message.split('\n').map((line) => line.split(':')[0])).toEqual([
    'fence.rolloutId',
    'fence.step',
    'workflowId',
    'kind',
    'port',
    'body',
  ]);
});

test.each([
  ['a name that leads out of the state folder', '/v1/services/test/..%2F..%2Fshop/claim', 400],
  ['a name in capitals', '/v1/services/test/Shop/claim', 400],
  ['an address that does not exist', '/v1/services/test/shop/dance', 404],
])('%s is refused', async (_what, path, expected) => {
  const body = JSON.stringify({ fence, workflowId: 'w', kind: 'canary' });
  expect(await call({ method: 'POST', path, body })).toMatchObject({ status: expected });
});

test('what is not JSON is refused', async () => {
  const refused = await call({ method: 'POST', path: '/v1/services/test/shop/claim', body: '{' });
  expect(refused).toMatchObject({ status: 400, code: 'invalid', message: 'the body is not JSON' });
});

test('a service that was never claimed is not found', async () => {
  expect(await call({ path: '/v1/services/test/nobody' })).toMatchObject({
    status: 404,
    code: 'not-found',
    message: 'there is no service nobody in environment test',
  });
});

test('a service is not forgotten while a rollout owns it', async () => {
  const path = '/v1/services/test/held';
  const body = JSON.stringify({ fence, workflowId: 'rollout/test/held', kind: 'canary' });
  expect(await call({ method: 'POST', path: `${path}/claim`, body })).toMatchObject({
    status: 200,
  });
  const refused = await call({ method: 'DELETE', path });
  expect(refused).toMatchObject({ status: 409, code: 'conflict' });
  expect(refused.message).toContain('rollout/test/held');
  await call({ method: 'POST', path: `${path}/let-go`, body: JSON.stringify({ fence }) });
  expect(await call({ method: 'DELETE', path })).toMatchObject({ status: 204 });
  expect(await call({ path })).toMatchObject({ status: 404 });
});

test('a front port that is in use is refused', async () => {
  const port = Number(new URL(platform.runFile()?.url ?? '').port);
  const body = JSON.stringify({ fence, workflowId: 'w', kind: 'canary', port });
  const refused = await call({ method: 'POST', path: '/v1/services/test/clash/claim', body });
  expect(refused).toMatchObject({ status: 409, code: 'conflict' });
  expect(refused.message).toContain(`front port ${port} cannot be opened`);
  expect(await call({ path: '/v1/services/test/clash' })).toMatchObject({ status: 404 });
});
