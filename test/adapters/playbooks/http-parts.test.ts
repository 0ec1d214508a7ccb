import { describe, expect, it } from 'vitest';
import { httpGet, httpRequest } from '../../../src/adapters/playbooks/http-parts.ts';
import type { HttpAnswer } from '../../../src/adapters/http/exchange.ts';

const answering = (body: string) => async (): Promise<HttpAnswer> => ({
  ...{ status: 200, body, isWhole: true },
});
const anywhere = () => undefined;
const inputs = { url: 'http://shop.example/health', status: 200, timeout: 5_000 };

describe('http.get', () => {
  it('hands a value on', async () => {
    const { ask } = httpGet(answering('{"state":"up"}'), anywhere);
    const { passed, outputs } = await ask({ ...inputs, field: '/state' });
    expect([passed, outputs['value']]).toEqual([true, 'up']);
  });

  it('does not pass, and hands nothing on, where the value has more than 4 kB', async () => {
    const body = JSON.stringify({ state: ['x'.repeat(5_000)] });
    const { passed, outputs, seen } = await httpGet(answering(body), anywhere).ask({
      ...{ ...inputs, field: '/state' },
    });
    expect([passed, outputs['value']]).toEqual([false, null]);
    expect(seen[0]?.value).toBe('200, the value at /state has more than 4 kB');
  });
});

describe.each([
  ['http.get', httpGet],
  ['http.request', httpRequest],
])('the check of %s', (_, create) => {
  it('refuses a host that may not be asked, and sends nothing', async () => {
    const exchange = () => Promise.reject(new Error('something was sent'));
    const { check } = create(exchange, () => 'is not a host that the worker may contact');
    const { problems } = await check(inputs);
    expect(problems).toEqual([
      expect.stringContaining('shop.example is not a host that the worker may contact'),
    ]);
  });
});
