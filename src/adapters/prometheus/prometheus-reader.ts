import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import {
  SourceError,
  type Reading,
  type ReadSubject,
} from '../../contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../contracts/rollouts/traffic.ts';
import type { MetricSource, TrafficSource } from '../../specs/rollouts/metric-source.ts';
import type { Exchange } from '../http/exchange.ts';
import { parseAddress } from './client/address.ts';
import { batchQueries, type Ask } from './client/batch-queries.ts';
import { createQueryClient, type QueryLimit } from './client/query-client.ts';
import { presentMoment } from './counters/moment.ts';
import { planCounts } from './counters/plan-counts.ts';
import { readCounters } from './counters/read-counters.ts';
import { planTraffic } from './presets/plan-traffic.ts';
import type { Fill } from './selectors/fill.ts';
import { readValue } from './values/read-value.ts';

export interface PrometheusSettings {
  /** The server that is used if a spec names none. */
  address?: string;
  /** A file with a bearer token for that server; never sent to a server that a spec names. */
  tokenFile?: string;
  /** The tenant of that server (`X-Scope-OrgID`), which no other server receives either. */
  tenant?: string;
}

type CountsSource = Extract<MetricSource, { kind: 'prometheus-counts' }>;
type ValueSource = Extract<MetricSource, { kind: 'prometheus-value' }>;

/** Reads counters and values from Prometheus servers. Every method throws only SourceError. */
export interface PrometheusReader {
  /** Both tracks' requests, counted by a router, a mesh or the pods themselves. */
  readTraffic(
    source: TrafficSource,
    subject: ReadSubject,
    timeoutMs: number,
  ): Promise<TrafficSnapshot>;
  readCounts(source: CountsSource, subject: ReadSubject, timeoutMs: number): Promise<Reading>;
  readValue(source: ValueSource, subject: ReadSubject, timeoutMs: number): Promise<Reading>;
  /** Checks that the server of the settings answers queries. */
  checkServer(timeoutMs: number): Promise<void>;
}

export interface PrometheusSurroundings {
  fill: Fill;
  guardOf?: GuardOf | undefined;
  /** For the server of the settings, without restrictions. */
  exchange: Exchange;
  /** For a server that a spec names, restricted to what its author may reach. */
  exchangeFor(subject: ReadSubject): Exchange;
}

/** Concurrent readers share one instance, so that their queries to a server share requests. */
export function createPrometheusReader(
  settings: PrometheusSettings,
  { fill, guardOf, exchange: own, exchangeFor }: PrometheusSurroundings,
): PrometheusReader {
  const servers = new Map<Exchange, Map<string | undefined, Ask>>();
  const serverOf = ({ address }: { address?: string }, subject?: ReadSubject): Ask => {
    const isNamed = address !== undefined && subject !== undefined;
    const exchange = isNamed ? exchangeFor(subject) : own;
    const reached = servers.get(exchange) ?? new Map<string | undefined, Ask>();
    servers.set(exchange, reached);
    const known = reached.get(address);
    if (known) return known;
    const server = serverSettings(address, settings);
    const guard = guardOf?.(dependencyOf(server.address));
    const client = createQueryClient({ ...server, guard, exchange, quotesAnswers: !isNamed });
    const ask = batchQueries(client);
    reached.set(address, ask);
    return ask;
  };
  const counters = async (
    plan: () => Parameters<typeof readCounters>[0],
    ask: Ask,
    timeoutMs: number,
  ) => readCounters(plan(), await presentMoment(ask, limit(timeoutMs)));

  return {
    readTraffic: async (source, subject, timeoutMs) =>
      counters(() => planTraffic(source, subject, fill), serverOf(source, subject), timeoutMs),
    readCounts: async (source, subject, timeoutMs) => ({
      kind: 'counts',
      counters: await counters(
        () => planCounts(source, subject, fill),
        serverOf(source, subject),
        timeoutMs,
      ),
    }),
    readValue: async (source, subject, timeoutMs) =>
      readValue(source, subject, {
        ask: serverOf(source, subject),
        limit: limit(timeoutMs),
        fill,
      }),
    checkServer: async (timeoutMs) => {
      await serverOf({})({ kind: 'text', text: 'vector(1)' }, limit(timeoutMs));
    },
  };
}

function dependencyOf(address: string): string {
  return `prometheus/${parseAddress(address).shown.replace(/^https?:\/\//, '')}`;
}

function serverSettings(named: string | undefined, settings: PrometheusSettings) {
  if (named !== undefined) return { address: named };
  const { address, ...access } = settings;
  if (address === undefined) {
    throw new SourceError(
      'no Prometheus server is configured; write its address in the spec, or set BELAY_PROMETHEUS_URL on the worker',
    );
  }
  return { address, ...access };
}

/** In whole milliseconds, because neither a signal nor Prometheus accepts fractions. */
function limit(written: number): QueryLimit {
  const timeoutMs = Math.max(1, Math.round(written));
  return { signal: AbortSignal.timeout(timeoutMs), timeoutMs };
}
