import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { Reading } from '../../../contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../../contracts/rollouts/traffic.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import { continueFrom } from './traffic-difference.ts';

/**
 * What the next look is to be held against: the newer one, and of counters that it could not see
 * what the older one knew, so that nothing they count meanwhile is lost.
 */
export function continueSample(older: Sample | undefined, newer: Sample): Sample {
  if (older === undefined) return newer;
  const traffic = continueTraffic(older.traffic, newer.traffic);
  const names = Object.keys({ ...older.readings, ...newer.readings });
  const readings = names.flatMap((name) => {
    const reading = continueReading(older.readings[name], newer.readings[name]);
    return reading === undefined ? [] : [[name, reading] as const];
  });
  return {
    takenAtMs: newer.takenAtMs,
    ...(traffic && { traffic }),
    readings: Object.fromEntries(readings),
  };
}

/** The counters that a metric is counted by; undefined where there are none to be seen. */
export function countersAt(
  { traffic, readings }: Sample,
  metric: MetricSpec,
): TrafficSnapshot | undefined {
  if (metric.source === undefined) return traffic;
  const reading = readings[metric.name];
  return reading?.kind === 'counts' ? reading.counters : undefined;
}

function continueTraffic(
  older: TrafficSnapshot | undefined,
  newer: TrafficSnapshot | undefined,
): TrafficSnapshot | undefined {
  return newer === undefined ? older : continueFrom(older, newer);
}

function continueReading(
  older: Reading | undefined,
  newer: Reading | undefined,
): Reading | undefined {
  if (older?.kind !== 'counts') return newer;
  if (newer?.kind !== 'counts') return older;
  return { kind: 'counts', counters: continueFrom(older.counters, newer.counters) };
}
