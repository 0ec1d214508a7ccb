import type { ObservedMetric, Samples } from '../../contracts/chaos/observation.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { samplesToStop, type StopCondition } from '../../specs/chaos/stop-condition.ts';
import { measure, showValue, slowestAnswerMs } from './measure.ts';

/** A condition that cannot be watched for so many times its own time ends the experiment, too. */
const blindTimes = 3;

/** Why the experiment ends now; undefined where it goes on. */
export function judgeStop(
  conditions: readonly StopCondition[],
  metrics: readonly ObservedMetric[],
  { samples, afterMs, everyMs }: { samples: Samples; afterMs: number; everyMs: number },
): string | undefined {
  for (const condition of conditions) {
    const source = metrics.find(({ name }) => name === condition.metric)?.source;
    if (source === undefined) continue;
    const { metric, above, below, overMs } = condition;
    const own = samples[metric] ?? [];
    // A sample is often sent a little late, and the last one is a whole interval ago. Queries answer later still.
    const lateMs = everyMs / 2 + slowestAnswerMs(own);
    const within = (ms: number) =>
      measure(
        source,
        own.filter((sample) => sample.afterMs >= afterMs - ms - lateMs),
      );
    const recent = within(overMs);
    const over = `over the last ${formatDuration(overMs)}`;
    const value = recent.from < samplesToStop ? undefined : recent.value;
    if (value !== undefined) {
      const shown = `${metric} is ${showValue(source.of, value)} ${over}`;
      if (above !== undefined && value > above) {
        return `${shown}, above ${showValue(source.of, above)}`;
      }
      if (below !== undefined && value < below) {
        return `${shown}, below ${showValue(source.of, below)}`;
      }
    }
    const blindMs = blindTimes * overMs;
    if (afterMs >= blindMs && within(blindMs).from === 0) {
      return `${metric} could not be sampled for ${formatDuration(blindMs)}: its stop condition is blind`;
    }
  }
  return undefined;
}
