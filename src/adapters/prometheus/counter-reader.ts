import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { CounterReading } from '../../contracts/objectives/counter-reading.ts';
import { SourceError } from '../../contracts/rollouts/metric-reader.ts';
import type { PrometheusCounters } from '../../specs/objectives/objective.ts';
import { openExchange } from '../http/exchange.ts';
import { parseAddress } from './client/address.ts';
import { batchQueries } from './client/batch-queries.ts';
import { createQueryClient } from './client/query-client.ts';
import { momentAt } from './counters/moment.ts';
import { readCounters } from './counters/read-counters.ts';
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
    const { sources } = await readCounters({ tracks: [plan] }, momentAt(ask, limit, atMs / 1_000));
    const counters = Object.entries(sources).map(([name, { since, counters: counted }]) => {
      const { requests: all, errors: some } = counted;
      const bad = { none: 0, bad: some, good: all - some }[part?.of ?? 'none'];
      return [name, { ...(since !== undefined && { sinceMs: since }), total: all, bad }] as const;
    });
    return { atMs, counters: Object.fromEntries(counters) };
  };
}
