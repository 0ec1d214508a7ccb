import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTracing, tracing } from '../../../src/adapters/telemetry/tracing.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<void>)[] = [];
const warnings: string[] = [];

beforeEach(() => {
  warnings.length = 0;
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
});

afterEach(async () => {
  await tracing()?.stop();
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Takes spans in OTLP's binary form, in which every text stands as it is. */
async function collector(statuses: number[] = []) {
  const received = { text: '' };
  const url = await serve((asked, response) => {
    asked.setEncoding('latin1');
    asked.on('data', (chunk: string) => (received.text += chunk));
    asked.on('end', () => response.writeHead(statuses.shift() ?? 200).end());
  });
  return { url, received };
}

/** What OpenTelemetry's exporter would wait if it was not told otherwise. */
const exportersOwnLimitMs = 10_000;

function start(endpoint: string, sendWithinMs = 1_000) {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  const warn = (line: string) => void warnings.push(line);
  return startTracing({ service: 'belay-test', sendWithinMs, warn });
}

describe('a process that traces', () => {
  test('sends what it asks others for, and no query, user or header of it', async () => {
    const { url, received } = await collector();
    const carried: (string | undefined)[] = [];
    const asked = await serve(({ headers }, response) => {
      carried.push(headers['traceparent'] as string | undefined);
      response.end('{}');
    });
    const traced = await start(url);
    await traced?.inSpan('an act', async () => {
      const headers = { authorization: 'Bearer HEADER-SECRET' };
      const answer = await fetch(`${asked}/path?token=QUERY-SECRET`, { headers });
      await answer.text();
      const chat = traced.request({
        method: 'POST',
        url: new URL('https://USER-SECRET@hooks.example.test/services/PATH-SECRET?x=y'),
        hidesPath: true,
      });
      chat.answered(200);
      carried.push(chat.headers['traceparent']);
    });
    await traced?.stop();
    expect(received.text).toContain('an act');
    expect(received.text).toContain(`${asked}/path`);
    expect(received.text).toContain('hooks.example.test');
    expect(received.text).not.toContain('SECRET');
    expect(carried).toHaveLength(2);
    for (const sent of carried) expect(sent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
    expect(warnings).toEqual([]);
  });

  test('gives nobody a trace who asks outside of one', async () => {
    const { url, received } = await collector();
    const carried: unknown[] = [];
    const asked = await serve(({ headers }, response) => {
      carried.push(headers['traceparent']);
      response.end('{}');
    });
    const traced = await start(url);
    await (await fetch(asked)).text();
    await traced?.inSpan('an act', () => traced.detached(async () => (await fetch(asked)).text()));
    await traced?.stop();
    expect(carried).toEqual([undefined, undefined]);
    expect(received.text).not.toContain(asked);
  });

  test('is called as OTEL_SERVICE_NAME says, and by its own name where that says nothing', async () => {
    const { url, received } = await collector();
    await (await start(url))?.inSpan('one', () => Promise.resolve());
    await tracing()?.stop();
    expect(received.text).toContain('belay-test');
  });

  test('says once that spans do not arrive, and once that they do again', async () => {
    const { url } = await collector([400, 400]);
    const traced = await start(url);
    for (let act = 0; act < 2; act++) {
      await traced?.inSpan('an act', () => Promise.resolve());
      await vi.waitFor(() => expect(warnings).toHaveLength(1), 20_000);
    }
    await vi.waitFor(async () => {
      await traced?.inSpan('an act', () => Promise.resolve());
      expect(warnings).toHaveLength(2);
    }, 20_000);
    expect(warnings).toEqual([
      expect.stringMatching(`^Traces do not reach ${url} \\(.+\\); nothing else waits for them$`),
      `Traces reach ${url} again`,
    ]);
  });

  test.each([
    ['that never answers', () => serve(() => {})],
    ['that is not there', () => Promise.resolve('http://127.0.0.1:1')],
  ])('waits no longer than it may for a collector %s', async (_, open) => {
    const traced = await start(await open(), 300);
    await traced?.inSpan('an act', () => Promise.resolve());
    const startMs = performance.now();
    await traced?.stop();
    expect(performance.now() - startMs).toBeLessThan(exportersOwnLimitMs);
    expect(warnings).toHaveLength(1);
  });

  test('keeps the answer of a request that is sent with node:http', async () => {
    const { url, received } = await collector();
    const asked = await serve((_, response) => response.writeHead(503).end());
    const traced = await start(url);
    await traced?.inSpan('an act', async () => {
      const sent = traced.request({ method: 'GET', url: new URL(asked) });
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(asked, { headers: sent.headers }, resolve).on('error', reject).end();
      });
      sent.answered(response.statusCode ?? 0);
      sent.failed('unanswered');
      response.resume();
    });
    await traced?.stop();
    expect(received.text).toContain('http.response.status_code');
    expect(received.text).not.toContain('unanswered');
  });
});

test('nothing is traced where no endpoint is set', async () => {
  expect(await start('')).toBeUndefined();
  expect(tracing()).toBeUndefined();
  expect(warnings).toEqual([]);
});

test('what cannot be used is told, and stops nobody', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc');
  expect(await start('http://127.0.0.1:4317')).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/^No traces are sent: .* grpc; .* port 4318$/)]);
});
