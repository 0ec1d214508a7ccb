import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createQueryClient } from '../../../../src/adapters/prometheus/client/query-client.ts';
import { SourceError } from '../../../../src/contracts/rollouts/metric-reader.ts';
import { exchange } from '../../../fixtures/anywhere.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const secret = 'eyJ-a-secret';
let answer: Handler;
let host: string;
let tokenFile: string;
let folder: string;
const server = createServer((request, response) => answer(request, response));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'belay-token-'));
  tokenFile = join(folder, 'token');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});
beforeEach(() => writeFile(tokenFile, `${secret}\n`));

const ten = { status: 'success', data: { resultType: 'scalar', result: [5, '10'] } };

function answering(status: number, body: unknown, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(status, headers);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function ask(settings: Partial<Parameters<typeof createQueryClient>[0]> = {}, timeoutMs = 5_000) {
  const client = createQueryClient({
    address: `http://${host}`,
    exchange,
    quotesAnswers: true,
    ...settings,
  });
  return client.send(
    { text: 'up{job="a&b"}', atS: 1.5 },
    { signal: AbortSignal.timeout(timeoutMs), timeoutMs },
  );
}

async function failure(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SourceError)) throw new Error(`not a SourceError: ${String(error)}`);
  expect(error.message).not.toContain(secret);
  return error.message;
}

describe('a query', () => {
  it('is sent as a form, with its time, its limit and the token', async () => {
    let seen: { method?: string; path?: string; auth?: string; form?: string } = {};
    answer = (request, response) => {
      let form = '';
      request.on('data', (chunk: Buffer) => (form += chunk.toString()));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        seen = { method, path: url, auth: headers.authorization ?? '', form };
        answering(200, ten)(request, response);
      });
    };
    const address = `http://${host}/prometheus/`;
    const { result } = await ask({ address, tokenFile });
    expect(result).toEqual({ kind: 'scalar', sample: { atS: 5, value: 10 } });
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/prometheus/api/v1/query',
      auth: `Bearer ${secret}`,
    });
    expect(Object.fromEntries(new URLSearchParams(seen.form))).toEqual({
      query: 'up{job="a&b"}',
      time: '1.5',
      timeout: '5000ms',
    });
  });

  it('returns values that are not numbers, and the warnings', async () => {
    const values = [
      [1, 'NaN'],
      [2, '+Inf'],
      [3, '-Inf'],
      [4, '1e3'],
    ];
    const data = { resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] };
    answer = answering(200, { status: 'success', data, warnings: ['partial'] });
    const { result, warnings } = await ask();
    expect(result).toMatchObject({ kind: 'matrix', series: [{ labels: { a: 'b' } }] });
    expect('series' in result && result.series[0]?.samples.map(({ value }) => value)).toEqual([
      NaN,
      Infinity,
      -Infinity,
      1_000,
    ]);
    expect(warnings).toEqual(['partial']);
  });

  it('recognizes native histograms beside numbers, and a partial response', async () => {
    const metric = { __name__: 'took' };
    const data = {
      resultType: 'matrix',
      result: [
        { metric, values: [[1, '2']], histograms: [[2, { count: '1', sum: '1' }]] },
        { metric, histograms: [[2, { count: '1', sum: '1' }]] },
      ],
    };
    answer = answering(200, { status: 'success', data, isPartial: true });
    const { result, warnings } = await ask();
    expect(result).toEqual({
      kind: 'matrix',
      series: [
        { labels: metric, samples: [{ atS: 1, value: 2 }], hasHistograms: true },
        { labels: metric, samples: [], hasHistograms: true },
      ],
    });
    expect(warnings).toEqual(['the response is partial']);
  });

  it('sends the credentials of an address, and never shows them', async () => {
    let seen = '';
    answer = (request, response) => {
      seen = request.headers.authorization ?? '';
      answering(500, 'oh')(request, response);
    };
    const message = await failure(ask({ address: `http://ana:${secret}@${host}` }));
    expect(seen).toBe(`Basic ${Buffer.from(`ana:${secret}`).toString('base64')}`);
    expect(message).toContain(`http://${host}`);
    expect(message).not.toContain('ana');
  });
});

describe('a server with an unusual response', () => {
  const refused = { status: 'error', errorType: 'bad_data', error: 'parse error:\nunexpected' };

  it.each([
    [
      'says why it rejects a query',
      answering(400, refused),
      'rejected the query: bad_data: parse error: unexpected',
    ],
    ['rejects with a 200', answering(200, refused), 'rejected the query: bad_data'],
    [
      'wants another token',
      answering(401, 'who?'),
      'rejected the credentials (401); check the token file',
    ],
    [
      'is another server',
      answering(200, '<html>'),
      'returned 200 and a body that is not the Prometheus API',
    ],
    ['is a broken proxy', answering(502, ''), 'returned 502'],
    [
      'breaks its own format',
      answering(200, { status: 'success', data: {} }),
      'not the Prometheus API',
    ],
    [
      'has values that are no text',
      answering(200, { status: 'success', data: { resultType: 'scalar', result: [1, 2] } }),
      'not the Prometheus API',
    ],
    [
      'redirects',
      answering(302, '', { location: `http://elsewhere:9090/x?token=${secret}` }),
      'redirects, which is not followed; write the final address',
    ],
    [
      'hangs up in the middle',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"status"', () => response.destroy());
      },
      'did not answer: ',
    ],
  ] satisfies [string, Handler, string][])('%s', async (_, handler, message) => {
    answer = handler;
    expect(await failure(ask({ tokenFile }))).toContain(message);
  });

  it('that is chosen by a spec is not quoted', async () => {
    const chosen = { quotesAnswers: false };
    answer = answering(400, refused);
    expect(await failure(ask(chosen))).toMatch(/rejected the query: bad_data$/);
    answer = answering(503, { ...refused, errorType: 'a secret' }, { 'retry-after': '120' });
    expect(await failure(ask(chosen))).toMatch(
      /rejected the query: unknown error and asks to wait 120s$/,
    );
    answer = answering(200, { ...ten, warnings: ['a secret'] });
    expect((await ask(chosen)).warnings).toEqual([
      '1 warning, not shown because the spec names the server',
    ]);
  });

  it('that sends too much is disconnected, even if its response is compressed', async () => {
    const flood = JSON.stringify({ status: 'success', flood: 'x'.repeat(200_000) });
    const limit = { longestAnswerBytes: 50_000 };
    answer = answering(200, flood);
    expect(await failure(ask(limit))).toContain('longer than 50000 bytes; query fewer series');
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(flood));
    };
    expect(await failure(ask(limit))).toContain('longer than 50000 bytes');
  });

  it('that sends nothing is left at the timeout, before its response and in the middle of it', async () => {
    answer = () => {};
    expect(await failure(ask({}, 50))).toContain('did not answer within 50 ms');
    answer = (_, response) => response.write('{');
    expect(await failure(ask({}, 50))).toContain('did not answer within 50 ms');
  });

  it('that cannot be reached is named', async () => {
    expect(await failure(ask({ address: 'http://127.0.0.1:2' }))).toMatch(
      /^Prometheus at http:\/\/127.0.0.1:2 did not answer: the connection was refused/,
    );
  });

  it.each(['prometheus:9090', 'not an address', 'file:///etc/passwd', `ftp://${secret}@x`])(
    'has no address in %s',
    async (address) => {
      const make = async () => createQueryClient({ address, exchange, quotesAnswers: true });
      expect(await failure(make())).toContain('use the form http://prometheus:9090');
    },
  );
});

describe('a token', () => {
  it('is read again for every request, since clusters replace it', async () => {
    const seen: string[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization ?? '');
      answering(200, ten)(request, response);
    };
    await ask({ tokenFile });
    await writeFile(tokenFile, 'second');
    await ask({ tokenFile });
    expect(seen).toEqual([`Bearer ${secret}`, 'Bearer second']);
  });

  it('that is missing or invalid is reported without the content of the file', async () => {
    expect(await failure(ask({ tokenFile: join(folder, 'none') }))).toMatch(
      /cannot be read: ENOENT/,
    );
    await writeFile(tokenFile, `${secret}\n${secret}`);
    expect(await failure(ask({ tokenFile }))).toContain('does not contain a token');
  });
});
