import type { Counter, CounterReading } from '../../contracts/objectives/counter-reading.ts';
import type { TrackCounters, TrafficSnapshot } from '../../contracts/rollouts/traffic.ts';
import type { Objective } from '../../specs/objectives/objective.ts';

/** What the router has counted of a service, as an objective counts it. Throws where it has no such bucket. */
export function countObjective(
  { takenAtMs, sources }: TrafficSnapshot,
  objective: Pick<Objective, 'indicator' | 'belowMs'>,
): CounterReading {
  const counters = Object.entries(sources).map(([name, { since, counters: counted }]) => {
    const counter: Counter = {
      ...(since !== undefined && { sinceMs: since }),
      ...{ total: counted.requests, bad: badOf(counted, objective) },
    };
    return [name, counter] as const;
  });
  return { atMs: takenAtMs, counters: Object.fromEntries(counters) };
}

function badOf(
  { requests, errors, latency }: TrackCounters,
  { indicator, belowMs }: Pick<Objective, 'indicator' | 'belowMs'>,
): number {
  if (indicator === 'throughput') return 0;
  if (indicator !== 'latency' || belowMs === undefined) return errors;
  if (requests === 0) return 0;
  const index = latency.boundsMs.indexOf(belowMs);
  const fast = latency.counts[index];
  if (fast !== undefined) return requests - fast;
  const bounds = latency.boundsMs.filter((bound) => bound !== null).join(', ');
  throw new Error(`the local platform has no bucket that ends at ${belowMs}ms, but at ${bounds}ms`);
}
