import { afterEach, expect, test, vi } from 'vitest';
import { Hono } from 'hono';
import { activeSpan } from '../../../src/adapters/telemetry/open-telemetry/active-span.ts';
import { serveTraced } from '../../../src/adapters/telemetry/open-telemetry/serve-traced.ts';
import { startTracing, tracing } from '../../../src/adapters/telemetry/tracing.ts';

const app = new Hono()
  .use(serveTraced)
  .get('/services/:name', (context) => context.json(activeSpan()));
const sent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const ask = async () => {
  const headers = { traceparent: `00-${sent.traceId}-${sent.spanId}-01` };
  const response = await app.request('/services/shop', { headers });
  return (await response.json()) as Record<string, string>;
};

afterEach(async () => {
  await tracing()?.stop();
  vi.unstubAllEnvs();
});

test('a request goes on in the trace of whoever sent it, in a span of its own', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  await startTracing({ service: 'belay-test', sendWithinMs: 10, warn: () => {} });
  const span = await ask();
  expect(span['traceId']).toBe(sent.traceId);
  expect(span['spanId']).toMatch(/^[\da-f]{16}$/);
  expect(span['spanId']).not.toBe(sent.spanId);
});

test('a request is in no trace where nothing is traced', async () => {
  expect(await ask()).toEqual({});
});
