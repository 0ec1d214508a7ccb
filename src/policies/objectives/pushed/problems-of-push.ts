import { minuteMs, type Minute } from '../../../contracts/objectives/minute.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

/** What somebody counted in one minute, whole. */
export interface PushedMinute {
  atMs: number;
  total: number;
  bad: number;
}

/** How long a minute can be pushed after its end. */
export const pushedForMs = 60 * minuteMs;

export interface AroundPush {
  /** What is known of the last hours. */
  known: ReadonlyMap<number, Minute>;
  nowMs: number;
}

/** Everything that is wrong with counts that somebody pushes. A minute that comes again as it was is fine. */
export function problemsOfPush(
  pushed: readonly PushedMinute[],
  { known, nowMs }: AroundPush,
): string[] {
  const newestMs = [...known.values()]
    .filter(({ quality }) => quality !== 'none')
    .reduce((newest, { atMs }) => Math.max(newest, atMs), -Infinity);
  return pushed.flatMap(({ atMs, total, bad }, index) => {
    const at = `minutes.${index}.at`;
    const endMs = atMs + minuteMs;
    const earlier = pushed[index - 1];
    const before = known.get(atMs);
    const isKnown = before !== undefined && before.quality !== 'none';
    const problems: string[] = [];
    if (atMs % minuteMs !== 0) problems.push(`${at}: is no beginning of a minute`);
    if (endMs > nowMs) problems.push(`${at}: is not over yet; push a minute once it has ended`);
    if (nowMs - endMs > pushedForMs) {
      problems.push(`${at}: ended more than ${formatDuration(pushedForMs)} ago, which is too late`);
    }
    if (earlier !== undefined && atMs <= earlier.atMs) {
      problems.push(`${at}: is not after the minute before it in this list`);
    }
    if (bad > total) {
      problems.push(`minutes.${index}.bad: is ${bad}, and there were only ${total} requests`);
    }
    if (isKnown && !isSame(before, { total, bad })) {
      problems.push(
        `${at}: is known with ${before.good + before.bad} requests, ${before.bad} of them bad; what was pushed once is not changed`,
      );
    }
    if (!isKnown && atMs < newestMs) {
      problems.push(
        `${at}: is before ${new Date(newestMs).toISOString()}, which was pushed already`,
      );
    }
    return problems;
  });
}

function isSame(
  known: Pick<Minute, 'good' | 'bad'>,
  { total, bad }: Pick<PushedMinute, 'total' | 'bad'>,
): boolean {
  return known.good + known.bad === total && known.bad === bad;
}

/** As it is kept. */
export function minuteOfPush({ atMs, total, bad }: PushedMinute): Minute {
  return {
    ...{ atMs, good: total - bad, bad, coverageMs: minuteMs, quality: 'counted', version: 1 },
  };
}
