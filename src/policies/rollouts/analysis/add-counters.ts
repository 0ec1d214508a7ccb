import type { LatencyHistogram, TrackCounters } from '../../../contracts/rollouts/traffic.ts';

export const noTraffic: TrackCounters = {
  requests: 0,
  errors: 0,
  latency: { boundsMs: [], counts: [] },
};

/** Counters of several sources as one. Latencies count at the bounds that all with requests have. */
export function addCounters(all: readonly TrackCounters[]): TrackCounters {
  const busy = all.filter(({ requests }) => requests > 0);
  return {
    requests: busy.reduce((sum, { requests }) => sum + requests, 0),
    errors: busy.reduce((sum, { errors }) => sum + errors, 0),
    latency: addHistograms(busy.map(({ latency }) => latency)),
  };
}

function addHistograms(all: LatencyHistogram[]): LatencyHistogram {
  const [first, ...rest] = all;
  const boundsMs = (first?.boundsMs ?? []).filter((bound) =>
    rest.every((histogram) => histogram.boundsMs.includes(bound)),
  );
  return {
    boundsMs,
    counts: boundsMs.map((bound) => all.reduce((sum, each) => sum + countAt(each, bound), 0)),
  };
}

function countAt({ boundsMs, counts }: LatencyHistogram, bound: number | null): number {
  return counts[boundsMs.indexOf(bound)] ?? 0;
}
