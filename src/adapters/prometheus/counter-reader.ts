import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type {
  Counter,
  CounterReading,
  Series,
} from '../../contracts/objectives/counter-reading.ts';
import { SourceError } from '../../contracts/rollouts/metric-reader.ts';
import type { PrometheusCounters } from '../../specs/objectives/objective.ts';
import { openExchange } from '../http/exchange.ts';
import { parseAddress } from './client/address.ts';
import { batchQueries } from './client/batch-queries.ts';
import { createQueryClient } from './client/query-client.ts';
import type { PrometheusSeries } from './client/answer.ts';
import { newestOf } from './counters/count-series.ts';
import { keyOfSeries } from './counters/name-series.ts';
import { momentAt } from './counters/moment.ts';
import { readTargets, type CountedTarget } from './counters/read-counters.ts';
import type { PrometheusSettings } from './prometheus-reader.ts';
import { parseSelector } from './selectors/parse-selector.ts';

/** What the server of the settings knew at a moment. Throws SourceError. */
export type ReadCountersAt = (
  source: PrometheusCounters,
  atMs: number,
  timeoutMs: number,
) => Promise<CounterReading>;

/** Concurrent readers share one instance, so that their queries share requests. */
export function createCounterReader(
  settings: PrometheusSettings,
  guardOf: GuardOf,
): ReadCountersAt {
  const { address } = settings;
  if (address === undefined) {
    return async () => {
      throw new SourceError(
        'no Prometheus server is configured; set BELAY_PROMETHEUS_URL on the worker',
      );
    };
  }
  const shown = parseAddress(address).shown.replace(/^https?:\/\//, '');
  const ask = batchQueries(
    createQueryClient({
      ...{ ...settings, address, quotesAnswers: true, exchange: openExchange() },
      guard: guardOf(`prometheus/${shown}`),
    }),
  );
  return async ({ total, part }, atMs, timeoutMs) => {
    const limit = { signal: AbortSignal.timeout(timeoutMs), timeoutMs };
    const requests = parseSelector(total);
    const errors = part === undefined ? requests : parseSelector(part.selector);
    const plan = { track: 'stable', requests, errors, targets: 'shared' } as const;
    const moment = momentAt(ask, limit, atMs / 1_000);
    const { targets } = await readTargets({ tracks: [plan] }, moment);
    const counters = targets.map((target) => [target.name, counterOf(target, part)] as const);
    return { atMs, counters: Object.fromEntries(counters) };
  };
}

/** A target as an objective counts it. */
export function counterOf(
  { source: { since, counters }, requests, errors }: CountedTarget,
  part: PrometheusCounters['part'],
): Counter {
  const { requests: total, errors: some } = counters;
  return {
    ...(since !== undefined && { sinceMs: since }),
    ...{ total, bad: { none: 0, bad: some, good: total - some }[part?.of ?? 'none'] },
    series: {
      total: byLabels(requests),
      ...(part !== undefined && { part: { of: part.of, series: byLabels(errors) } }),
    },
  };
}

function byLabels(all: readonly PrometheusSeries[]): Series {
  return Object.fromEntries(all.map((series) => [keyOfSeries(series), newestOf(series)]));
}
