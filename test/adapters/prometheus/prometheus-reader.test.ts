import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  createPrometheusReader,
  type PrometheusSettings,
} from '../../../src/adapters/prometheus/prometheus-reader.ts';
import { SourceError, type ReadSubject } from '../../../src/contracts/rollouts/metric-reader.ts';
import { fillPlaceholders } from '../../../src/policies/rollouts/analysis/placeholders.ts';
import { anywhere } from '../../fixtures/anywhere.ts';

const subject: ReadSubject = {
  ref: { service: 'shop', environment: 'demo', target: { platform: 'local' } },
  version: 'v2',
  track: 'canary',
};
const source = { kind: 'prometheus-value', query: 'vector(1)' } as const;

let seen: { authorization: string | undefined; tenant: unknown; query: string | null }[];
let warnings: string[];
let time: unknown;
let vector: unknown[];
let address: string;
let folder: string;

/** Knows the time, and the series that a test gives it. */
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const query = new URLSearchParams(body).get('query');
    const { authorization, 'x-scope-orgid': tenant } = request.headers;
    seen.push({ authorization, tenant, query });
    const data =
      query === 'time()'
        ? time
        : query?.endsWith(']')
          ? { resultType: 'matrix', result: [] }
          : { resultType: 'vector', result: vector };
    response.end(JSON.stringify({ status: 'success', data, warnings }));
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'belay-token-'));
  await writeFile(join(folder, 'token'), 'secret');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  seen = [];
  warnings = [];
  time = { resultType: 'scalar', result: [7, '7'] };
  vector = [];
});

const reader = (settings: PrometheusSettings) =>
  createPrometheusReader(settings, { fill: fillPlaceholders, ...anywhere });

it('the token goes only to the configured server, never to one that a spec names', async () => {
  const tokenFile = join(folder, 'token');
  await reader({ address, tokenFile }).readValue(source, subject, 5_000);
  await reader({ address, tokenFile }).readValue({ ...source, address }, subject, 5_000);
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer secret', undefined]);
});

it('the tenant, too, goes only to the configured server', async () => {
  const settings = { address, tenant: 'team-a|team-b' };
  await reader(settings).readValue(source, subject, 5_000);
  await reader(settings).readValue({ ...source, address }, subject, 5_000);
  expect(seen.map(({ tenant }) => tenant)).toEqual(['team-a|team-b', undefined]);
});

it('without any address, the error says what to write', async () => {
  const reading = reader({}).readValue(source, subject, 5_000);
  await expect(reading).rejects.toThrow(/no Prometheus server is configured; write its address/);
  await expect(reading).rejects.toBeInstanceOf(SourceError);
});

it('an invalid query is refused before any request', async () => {
  const { readCounts, readTraffic, readValue } = reader({ address });
  const counts = { kind: 'prometheus-counts', bad: 'x{', total: 'y' } as const;
  await expect(readCounts(counts, subject, 5_000)).rejects.toThrow(/not the selector of a counter/);
  await expect(
    readTraffic({ preset: 'traefik', labels: {} }, subject, 5_000),
  ).rejects.toBeInstanceOf(SourceError);
  await expect(readValue({ ...source, query: '{{pod}}' }, subject, 5_000)).rejects.toBeInstanceOf(
    SourceError,
  );
  expect(seen).toEqual([]);
});

it('fractions of a millisecond are rounded', async () => {
  const reading = reader({ address }).readValue(source, subject, 1_666.67);
  await expect(reading).resolves.toMatchObject({ kind: 'nothing' });
});

it('a value in a query cannot end the string that it stands in', async () => {
  const odd = { ...subject, version: 'v"2\\' };
  await reader({ address }).readValue({ ...source, query: 'x{v="{{version}}"}' }, odd, 5_000);
  expect(seen[0]?.query).toBe('x{v="v\\"2\\\\"}');
});

it('counters that may be incomplete are not used', async () => {
  warnings = ['store prometheus-2 is unavailable'];
  const reading = reader({ address }).readTraffic({ preset: 'belay', labels: {} }, subject, 5_000);
  await expect(reading).rejects.toThrow('Prometheus warns: store prometheus-2 is unavailable');
});

it('a warning is reported if there is no value', async () => {
  warnings = ['a part is missing'];
  const reading = await reader({ address }).readValue(source, subject, 5_000);
  expect(reading).toEqual({
    kind: 'nothing',
    reason: 'the query returns no series (Prometheus warns: a part is missing)',
  });
});

it.each([
  ['a vector of one', { resultType: 'vector', result: [{ metric: {}, value: [7, '7'] }] }],
  ['a scalar', { resultType: 'scalar', result: [7, '7'] }],
])('the time may be %s', async (_, told) => {
  time = told;
  const reading = reader({ address }).readTraffic({ preset: 'belay', labels: {} }, subject, 5_000);
  await expect(reading).rejects.toThrow('no series match');
});

it.each([
  ['nothing', []],
  [
    'two times',
    [
      { metric: { a: '1' }, value: [7, '7'] },
      { metric: { a: '2' }, value: [7, '8'] },
    ],
  ],
])('%s is not a time', async (_, result) => {
  time = { resultType: 'vector', result };
  const reading = reader({ address }).readTraffic({ preset: 'belay', labels: {} }, subject, 5_000);
  await expect(reading).rejects.toThrow('Prometheus answered time() with a vector');
});

const one = { metric: {}, value: [7, '3'] };

it('a value that may be incomplete is not used', async () => {
  vector = [one];
  warnings = ['store prometheus-2 is unavailable'];
  const reading = await reader({ address }).readValue(source, subject, 5_000);
  expect(reading).toEqual({
    kind: 'nothing',
    reason: 'Prometheus warns: store prometheus-2 is unavailable',
  });
});

it('an info does not discard the value', async () => {
  vector = [one];
  warnings = ['PromQL info: metric might not be a counter'];
  const reading = await reader({ address }).readValue(source, subject, 5_000);
  expect(reading).toEqual({ kind: 'value', values: { canary: 3 } });
});

it('a native histogram is reported as not a number', async () => {
  vector = [{ metric: { job: 'shop' }, histogram: [7, { count: '3', sum: '1' }] }];
  const reading = await reader({ address }).readValue(source, subject, 5_000);
  expect(reading).toMatchObject({
    kind: 'nothing',
    reason: expect.stringContaining('the query returns a native histogram, not a number') as string,
  });
});
