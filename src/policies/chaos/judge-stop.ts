import type { ObservedMetric, Samples } from '../../contracts/chaos/observation.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { StopCondition } from '../../specs/chaos/stop-condition.ts';
import { countAnswers, measure, showValue } from './measure.ts';

/** One failed request is no outage. */
const leastSamples = 3;
/** A condition that cannot be watched for so many times its own time ends the experiment, too. */
const blindTimes = 3;

/** Why the experiment ends now; undefined where it goes on. */
export function judgeStop(
  conditions: readonly StopCondition[],
  metrics: readonly ObservedMetric[],
  { samples, afterMs }: { samples: Samples; afterMs: number },
): string | undefined {
  for (const condition of conditions) {
    const source = metrics.find(({ name }) => name === condition.metric)?.source;
    if (source === undefined) continue;
    const { metric, above, below, overMs } = condition;
    const own = samples[metric] ?? [];
    const within = (ms: number) => own.filter((sample) => sample.afterMs >= afterMs - ms);
    const recent = within(overMs);
    const over = `over the last ${formatDuration(overMs)}`;
    const value = countAnswers(recent) < leastSamples ? undefined : measure(source, recent);
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
    if (afterMs >= blindMs && countAnswers(within(blindMs)) === 0) {
      return `${metric} could not be sampled for ${formatDuration(blindMs)}: its stop condition is blind`;
    }
  }
  return undefined;
}
