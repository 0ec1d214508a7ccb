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
import { momentAt, type Moment } from './counters/moment.ts';
import { readTargets, type CountedTarget } from './counters/read-counters.ts';
import type { PrometheusSettings } from './prometheus-reader.ts';
import { parseSelector } from './selectors/parse-selector.ts';
import { isPortable, matching, type Selector } from './selectors/selector.ts';

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
      // Of its own: what a monitor asks in vain must not keep the analysis of a rollout from asking.
      guard: guardOf(`objectives/prometheus/${shown}`),
    }),
  );
  return async ({ total, part }, atMs, timeoutMs) => {
    const limit = { signal: AbortSignal.timeout(timeoutMs), timeoutMs };
    const requests = parseSelector(total);
    const errors = part === undefined ? requests : parseSelector(part.selector);
    const plan = { track: 'stable', requests, errors, targets: 'shared' } as const;
    const moment = askedOnce(momentAt(ask, limit, atMs / 1_000), { requests, errors });
    const { targets } = await readTargets({ tracks: [plan] }, moment, { leavesOutStale: true });
    const counters = targets.map((target) => [target.name, counterOf(target, part)] as const);
    return { atMs, counters: Object.fromEntries(counters) };
  };
}

/** A part whose series are all among those of the total is taken from the answer about the total. */
export function askedOnce(
  moment: Moment,
  { requests, errors }: { requests: Selector; errors: Selector },
): Moment {
  const isPart =
    errors.metric === requests.metric &&
    errors.matchers.every(isPortable) &&
    requests.matchers.every(({ label, op, value }) =>
      errors.matchers.some((one) => one.label === label && one.op === op && one.value === value),
    );
  if (!isPart) return moment;
  const isOfPart = matching(errors);
  return {
    ...moment,
    samples: async (selector) => {
      if (selector !== errors) return moment.samples(selector);
      return (await moment.samples(requests)).filter(({ labels }) => isOfPart(labels));
    },
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
