import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { readJsonValue } from '../../../src/adapters/json-http/read-json-value.ts';
import { SourceError, type ReadSubject } from '../../../src/contracts/rollouts/metric-reader.ts';
import { fillPlaceholders } from '../../../src/policies/rollouts/analysis/placeholders.ts';
import type { JsonSource } from '../../../src/specs/rollouts/metric-source.ts';
import { closedPort, startStandIn } from './stand-in.ts';
import { exchange } from '../../fixtures/anywhere.ts';

const canary: ReadSubject = {
  ref: { service: 'shop', environment: 'test', target: { platform: 'local' } },
  version: 'v2',
  track: 'canary',
};

function read(url: string, over: Partial<JsonSource> = {}, subject = canary, timeoutMs = 4_000) {
  const source: JsonSource = { kind: 'http', url, pointer: '/rate', ...over };
  return readJsonValue(source, subject, { fill: fillPlaceholders, exchange, timeoutMs });
}

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    (value) => new Error(`it read ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SourceError);
  const { message } = error as SourceError;
  expect(message).not.toContain('\n');
  return message;
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function redirectTo(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

const rate: RequestListener = (_request, response) => json(response, { rate: 0.5 });

describe('a source that answers', () => {
  test('is asked once for the judged track', async () => {
    const { origin, asked } = await startStandIn(rate);
    expect(await read(`${origin}/rate`)).toEqual({ kind: 'value', values: { canary: 0.5 } });
    expect(asked).toEqual(['/rate']);
  });

  test('is asked by GET for JSON', async () => {
    const seen = vi.fn();
    const { origin } = await startStandIn(({ method, headers }, response) => {
      seen(method, headers.accept);
      json(response, { rate: 1 });
    });
    await read(origin);
    expect(seen).toHaveBeenCalledExactlyOnceWith('GET', 'application/json');
  });

  test('is asked for both tracks where the url names the track', async () => {
    const { origin, asked } = await startStandIn(({ url }, response) =>
      json(response, { rate: url === '/canary' ? 0.5 : 0.1 }),
    );
    expect(await read(`${origin}/{{track}}`)).toEqual({
      kind: 'value',
      values: { canary: 0.5, stable: 0.1 },
    });
    expect(asked.toSorted()).toEqual(['/canary', '/stable']);
  });

  test('is asked for stable alone where stable is judged', async () => {
    const { origin, asked } = await startStandIn(rate);
    const reading = await read(`${origin}/{{track}}`, {}, { ...canary, track: 'stable' });
    expect(reading).toEqual({ kind: 'value', values: { stable: 0.5 } });
    expect(asked).toEqual(['/stable']);
  });

  test('is asked with names that cannot leave their place in the url', async () => {
    const { origin, asked } = await startStandIn(rate);
    const subject = { ...canary, version: '../admin?x=1#y&z' };
    await read(`${origin}/of/{{version}}?v={{ version }}`, {}, subject);
    const escaped = '..%2Fadmin%3Fx%3D1%23y%26z';
    expect(asked).toEqual([`/of/${escaped}?v=${escaped}`]);
  });

  test('tells whether a value is what it should be', async () => {
    const { origin } = await startStandIn((_request, response) => json(response, { status: 'ok' }));
    const ok = { pointer: '/status', equals: 'ok' };
    expect(await read(origin, ok)).toEqual({ kind: 'value', values: { canary: 1 } });
    expect(await read(origin, { ...ok, equals: 'fine' })).toEqual({
      kind: 'value',
      values: { canary: 0 },
    });
  });

  test('and has nothing there is no data, and says what it has', async () => {
    const { origin } = await startStandIn((_request, response) => json(response, { rate: null }));
    expect(await read(origin)).toEqual({
      kind: 'nothing',
      reason: '/rate is null, not a number',
    });
  });

  test('and has nothing of stable leaves the canary its value', async () => {
    const { origin } = await startStandIn(({ url }, response) =>
      json(response, url === '/canary' ? { rate: 0.5 } : {}),
    );
    expect(await read(`${origin}/{{track}}`)).toEqual({ kind: 'value', values: { canary: 0.5 } });
  });

  test('and has nothing of the canary is no data, whatever stable has', async () => {
    const { origin } = await startStandIn(({ url }, response) =>
      json(response, url === '/stable' ? { rate: 0.5 } : {}),
    );
    expect(await read(`${origin}/{{track}}`)).toEqual({
      kind: 'nothing',
      reason: 'nothing at /rate',
    });
  });

  test('may answer from another place of its own', async () => {
    const { origin } = await startStandIn((request, response) =>
      request.url === '/latest' ? redirectTo(response, '/42') : json(response, { rate: 0.5 }),
    );
    expect(await read(`${origin}/latest`)).toEqual({ kind: 'value', values: { canary: 0.5 } });
  });

  test('may begin with a byte order mark', async () => {
    const { origin } = await startStandIn((_request, response) =>
      response.end('\uFEFF{"rate":0.5}'),
    );
    expect(await read(origin)).toEqual({ kind: 'value', values: { canary: 0.5 } });
  });
});

describe('a source that does not answer', () => {
  test('in time is an error that says how long it was given', async () => {
    const { origin } = await startStandIn(() => {});
    expect(await refusal(read(`${origin}/slow`, {}, canary, 100))).toBe(
      `${origin}/slow did not answer within 100ms`,
    );
  });

  test('to its end in time is one too', async () => {
    const { origin } = await startStandIn((_request, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await refusal(read(origin, {}, canary, 150))).toBe(
      `${origin}/ did not answer within 150ms`,
    );
  });

  test('breaks off in the middle, and that is told', async () => {
    const { origin } = await startStandIn((_request, response) => {
      response.write('{"rate":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await refusal(read(origin))).toMatch(
      /^\S+ could not be asked: the connection was reset/,
    );
  });

  test('refuses connections, and that is told', async () => {
    const port = await closedPort();
    expect(await refusal(read(`http://127.0.0.1:${port}/x`))).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/x could not be asked: the connection was refused/,
    );
    expect(await refusal(read(`http://localhost:${port}/x`))).toMatch(
      /^http:\/\/localhost:\d+\/x could not be asked: the connection was refused/,
    );
  });

  test('for one track leaves nothing to compare: an error', async () => {
    const { origin } = await startStandIn(({ url }, response) =>
      json(response, { rate: 0.5 }, url === '/stable' ? 404 : 200),
    );
    expect(await refusal(read(`${origin}/{{track}}`))).toBe(`${origin}/stable answered 404`);
  });
});

describe('a source that answers what cannot be read', () => {
  test.each([301, 304, 400, 401, 404, 429, 500, 503])(
    'is an error at status %d, whatever its body',
    async (status) => {
      const { origin } = await startStandIn((_request, response) =>
        status === 304 ? response.writeHead(304).end() : json(response, { rate: 1 }, status),
      );
      expect(await refusal(read(`${origin}/r`))).toBe(`${origin}/r answered ${status}`);
    },
  );

  test.each([
    ['a page for people', '<html>secret</html>', 'what is not JSON'],
    ['half a document', '{"rate":0.5', 'what is not JSON'],
    ['a bare NaN', '{"rate":NaN}', 'what is not JSON'],
    ['an empty body', '', 'nothing'],
  ])('is an error where that is %s', async (_what, body, told) => {
    const { origin } = await startStandIn((_request, response) => response.end(body));
    expect(await refusal(read(origin))).toBe(`${origin}/ answered with ${told}`);
  });

  test('is left as soon as it says too much', async () => {
    const left = vi.fn();
    let sent = 0;
    const { origin } = await startStandIn((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) sent += 65_536;
      };
      response.on('drain', more).on('close', left);
      more();
    });
    expect(await refusal(read(`${origin}/huge`))).toBe(`${origin}/huge answered more than 1 MB`);
    await vi.waitFor(() => expect(left).toHaveBeenCalled(), 20_000);
    expect(sent).toBeLessThan(50_000_000);
  });

  test('is left as soon as a small answer unfolds to too much', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    const { origin } = await startStandIn((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(await refusal(read(origin))).toBe(`${origin}/ answered more than 1 MB`);
  });

  test('is an error where it nests without end', async () => {
    const { origin } = await startStandIn((_request, response) =>
      response.end('['.repeat(900_000)),
    );
    expect(await refusal(read(origin))).toBe(`${origin}/ answered with what is not JSON`);
  });
});

describe('a source that redirects', () => {
  test('to another host is not followed there', async () => {
    const other = await startStandIn(rate);
    const { origin } = await startStandIn((_request, response) =>
      redirectTo(response, `${other.origin}/login?token=secret`),
    );
    expect(await refusal(read(`${origin}/r?key=secret`))).toBe(
      `${origin}/r redirects to another origin, which is not followed; use the final URL`,
    );
    expect(other.asked).toEqual([]);
  });

  test.each(['file:///etc/passwd', 'data:application/json,{"rate":1}', 'http://', 'javascript:1'])(
    'to %s is not followed there',
    async (location) => {
      const { origin } = await startStandIn((_request, response) => redirectTo(response, location));
      expect(await refusal(read(origin))).toBe(
        `${origin}/ redirects to another origin, which is not followed; use the final URL`,
      );
    },
  );

  test('to itself with a password says none of it', async () => {
    const { origin } = await startStandIn((_request, response) =>
      redirectTo(response, `${origin.replace('//', '//me:secret@')}/x`),
    );
    expect(await refusal(read(origin))).not.toContain('secret');
  });

  test('in a circle is left', async () => {
    const { origin, asked } = await startStandIn((_request, response) =>
      redirectTo(response, '/round'),
    );
    expect(await refusal(read(`${origin}/round?key=secret`))).toBe(
      `${origin}/round redirects more than 3 times; use the final URL`,
    );
    expect(asked).toHaveLength(4);
  });
});

describe('a url', () => {
  test('is named without the credentials in its query', async () => {
    const { origin } = await startStandIn((_request, response) => response.writeHead(403).end());
    expect(await refusal(read(`${origin}/rate?api_key=secret#secret`))).toBe(
      `${origin}/rate answered 403`,
    );
  });

  test('is shortened where it is long', async () => {
    const { origin } = await startStandIn((_request, response) => response.writeHead(403).end());
    const message = await refusal(read(`${origin}/${'x'.repeat(5_000)}`));
    expect(message).toMatch(/^http:\S+x… answered 403$/);
    expect(message.length).toBeLessThan(250);
  });

  test.each([
    'http://me:secret@127.0.0.1/rate',
    'https://secret@127.0.0.1/rate',
    'data:application/json,{"rate":0}',
    'file:///etc/secret',
    '/secret',
    'http://',
    'http://a b/secret',
    '',
  ])('such as %s is refused without being shown', async (url) => {
    const message = await refusal(read(url));
    expect(message).toMatch(/^the url is not accepted: write one that begins with http:/);
    expect(message).not.toContain('secret');
  });

  test('with an unknown placeholder is refused before anything is asked', async () => {
    const { origin, asked } = await startStandIn(rate);
    expect(await refusal(read(`${origin}/{{sevice}}`))).toContain('{{service}}');
    expect(asked).toEqual([]);
  });

  test('with a pointer that is none beside it is an error, not missing data', async () => {
    const { origin } = await startStandIn(rate);
    expect(await refusal(read(origin, { pointer: 'rate' }))).toContain(
      'rate is not a JSON pointer',
    );
  });
});
