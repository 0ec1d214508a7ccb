import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';

interface Taken {
  sample: Sample;
  trafficError?: string;
  /** By metric. */
  errors: Record<string, string>;
}

/** One line for each source that has nothing of stable, for whoever starts a rollout. */
export function describeSilentSources(
  metrics: readonly MetricSpec[],
  { sample: { traffic, readings }, trafficError, errors }: Taken,
): string[] {
  const lines = metrics.map((metric): [string, string | undefined] => {
    const { name, source } = metric;
    if (source === undefined) return ['requests', trafficError ?? traffic?.absent?.stable];
    const reading = readings[name];
    if (reading?.kind === 'nothing') return [name, reading.reason];
    const absent = reading?.kind === 'counts' ? reading.counters.absent?.stable : undefined;
    return [name, errors[name] ?? absent];
  });
  const silent = lines.flatMap(([what, why]) =>
    why === undefined ? [] : [`no data for the ${what} of stable yet: ${why}`],
  );
  return [...new Set(silent)];
}
