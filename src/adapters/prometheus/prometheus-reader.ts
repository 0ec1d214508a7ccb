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
import { askTogether, type Ask } from './client/ask-together.ts';
import { createQueryClient, type Patience } from './client/query-client.ts';
import { presentMoment } from './counters/moment.ts';
import { planCounts } from './counters/plan-counts.ts';
import { readCounters } from './counters/read-counters.ts';
import { planTraffic } from './presets/plan-traffic.ts';
import type { Fill } from './selectors/fill.ts';
import { readValue } from './values/read-value.ts';

export interface PrometheusSettings {
  /** Of the server that is asked where a spec names none. */
  address?: string;
  /** Holds a bearer token for that server; never sent to one that a spec names. */
  tokenFile?: string;
}

type CountsSource = Extract<MetricSource, { kind: 'prometheus-counts' }>;
type ValueSource = Extract<MetricSource, { kind: 'prometheus-value' }>;

/** What Prometheus servers count and compute. Every method throws SourceError, and nothing else. */
export interface PrometheusReader {
  /** Both tracks' requests, as a router, a mesh or the pods themselves count them. */
  readTraffic(
    source: TrafficSource,
    subject: ReadSubject,
    timeoutMs: number,
  ): Promise<TrafficSnapshot>;
  readCounts(source: CountsSource, subject: ReadSubject, timeoutMs: number): Promise<Reading>;
  readValue(source: ValueSource, subject: ReadSubject, timeoutMs: number): Promise<Reading>;
  /** Whether the server of the settings answers queries at all. */
  askAnything(timeoutMs: number): Promise<void>;
}

export interface PrometheusSurroundings {
  fill: Fill;
  guardOf?: GuardOf | undefined;
  /** Reaches the server of the settings, wherever it is. */
  exchange: Exchange;
  /** Reaches a server that a spec names, as far as its author may. */
  exchangeFor(subject: ReadSubject): Exchange;
}

/** One for all that read at once: what they ask of the same server is asked together. */
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
    const ask = askTogether(client);
    reached.set(address, ask);
    return ask;
  };
  const counters = async (
    plan: () => Parameters<typeof readCounters>[0],
    ask: Ask,
    timeoutMs: number,
  ) => readCounters(plan(), await presentMoment(ask, patience(timeoutMs)));

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
        patience: patience(timeoutMs),
        fill,
      }),
    askAnything: async (timeoutMs) => {
      await serverOf({})({ kind: 'text', text: 'vector(1)' }, patience(timeoutMs));
    },
  };
}

function dependencyOf(address: string): string {
  return `prometheus/${parseAddress(address).shown.replace(/^https?:\/\//, '')}`;
}

function serverSettings(named: string | undefined, settings: PrometheusSettings) {
  if (named !== undefined) return { address: named };
  const { address, tokenFile } = settings;
  if (address === undefined) {
    throw new SourceError(
      'which Prometheus is to be asked is not known; write its address beside what is asked of it, or tell the worker of one',
    );
  }
  return { address, ...(tokenFile !== undefined && { tokenFile }) };
}

/** In whole milliseconds, which neither a signal nor Prometheus takes parts of. */
function patience(written: number): Patience {
  const timeoutMs = Math.max(1, Math.round(written));
  return { signal: AbortSignal.timeout(timeoutMs), timeoutMs };
}
