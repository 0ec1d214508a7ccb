import { isDown, type Downtime } from '../../../contracts/objectives/downtime.ts';
import { minuteMs } from '../../../contracts/objectives/minute.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import type { Span } from '../tally.ts';

const longestMs = 31 * 86_400_000;

type Recorded = Pick<Downtime, 'fromMs' | 'untilMs' | 'objectives'>;

/** Everything that is wrong with downtime that somebody records. */
export function problemsOfDowntime(
  { fromMs, untilMs, objectives }: Recorded,
  known: readonly Downtime[],
  nowMs: number,
): string[] {
  return [
    ...problemsOfPast({ fromMs, untilMs }, nowMs),
    ...known
      .filter((each) => isDown(each) && each.fromMs < untilMs && each.untilMs > fromMs)
      .flatMap(({ id, by, ...each }) => {
        const both = each.objectives.filter((name) => objectives.includes(name));
        if (both.length === 0) return [];
        return [`--from, --to: overlaps ${id} of ${both.join(', ')}, which was recorded by ${by}`];
      }),
  ];
}

/** What is wrong with a time that is over, of which a person says something. */
export function problemsOfPast({ fromMs, untilMs }: Span, nowMs: number): string[] {
  const lengthMs = untilMs - fromMs;
  return [
    ...(lengthMs <= 0 ? ['--to: is not after --from'] : []),
    ...(untilMs > nowMs ? ['--to: is in the future; record what is over'] : []),
    ...(fromMs % minuteMs !== 0 || untilMs % minuteMs !== 0
      ? ['--from, --to: write whole minutes']
      : []),
    ...(lengthMs > longestMs
      ? [`--to: is ${formatDuration(lengthMs)} after --from; at most ${formatDuration(longestMs)}`]
      : []),
  ];
}
