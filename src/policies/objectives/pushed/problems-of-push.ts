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

/** How far the clock of a pusher may be ahead: a minute that it calls over is over. */
const clockToleranceMs = 30_000;

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
  return pushed.flatMap(({ atMs, total, bad }, index) => {
    const at = `minutes.${index}.at`;
    const endMs = atMs + minuteMs;
    const earlier = pushed[index - 1];
    const problems: string[] = [];
    if (atMs % minuteMs !== 0) problems.push(`${at}: is no beginning of a minute`);
    if (endMs - nowMs > clockToleranceMs) {
      problems.push(
        `${at}: is not over yet by the clock of the gateway, where it is ${new Date(nowMs).toISOString()}; push a minute once it has ended`,
      );
    }
    if (nowMs - endMs > pushedForMs) {
      problems.push(`${at}: ended more than ${formatDuration(pushedForMs)} ago, which is too late`);
    }
    if (earlier !== undefined && atMs <= earlier.atMs) {
      problems.push(`${at}: is not after the minute before it in this list`);
    }
    if (bad > total) {
      problems.push(`minutes.${index}.bad: is ${bad}, and there were only ${total} requests`);
    }
    const before = known.get(atMs);
    if (before !== undefined && contradicts(before, { total, bad })) {
      problems.push(
        `${at}: is known with ${before.good + before.bad} requests, ${before.bad} of them bad; what was pushed once is not changed`,
      );
    }
    return problems;
  });
}

/** Whether a minute has no data yet, so that a push of it is taken. */
export function isOpen(known: Minute | undefined): boolean {
  return known === undefined || known.quality === 'none';
}

/** What a person recorded stands: counts of such a minute are passed over, and are no mistake. */
function contradicts(known: Minute, { total, bad }: Pick<PushedMinute, 'total' | 'bad'>): boolean {
  if (isOpen(known) || known.quality === 'by-hand') return false;
  return known.good + known.bad !== total || known.bad !== bad;
}

/** As it is kept. */
export function minuteOfPush({ atMs, total, bad }: PushedMinute): Minute {
  return {
    ...{ atMs, good: total - bad, bad, coverageMs: minuteMs, quality: 'counted', version: 1 },
  };
}
