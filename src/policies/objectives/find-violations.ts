import { minuteMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { Standing } from '../../contracts/objectives/standing.ts';
import type { Tally } from '../../contracts/objectives/tally.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { burnRate, judgeBurn, type BurnPair } from './burn-rates.ts';
import { describeBreach } from './objective-words.ts';
import type { Found } from './plan-violations.ts';

/** What was counted in both windows of a pair. */
export interface BurnTallies {
  pair: BurnPair;
  long: Tally;
  short: Tally;
}

export function findBreach(objective: Objective, standing: Standing): Found {
  const states = { met: 'fine', breached: 'violated', insufficient: 'unknown' } as const;
  return {
    kind: 'breach',
    state: states[standing.verdict],
    reason: describeBreach(objective, standing),
  };
}

/** One for those that wake somebody, and one for those that do not. */
export function findBurns(objective: Objective, tallies: readonly BurnTallies[]): Found[] {
  return (['page', 'ticket'] as const).flatMap((severity): Found[] => {
    const all = tallies.filter(({ pair }) => pair.severity === severity);
    if (all.length === 0) return [];
    const judged = all.map((each) => ({ ...each, burn: judgeBurn(objective, each.pair, each) }));
    const burning = judged.find(({ burn }) => burn === 'burning');
    const isUnknown = judged.some(({ burn }) => burn === 'unknown');
    return [
      {
        kind: severity === 'page' ? 'burn-page' : 'burn-ticket',
        state: burning !== undefined ? 'violated' : isUnknown ? 'unknown' : 'fine',
        reason: burning === undefined ? '' : describeBurn(objective, burning),
      },
    ];
  });
}

function describeBurn(objective: Objective, { pair, long, short }: BurnTallies): string {
  const rate = (tally: Tally) => Number((burnRate(objective, tally) ?? 0).toPrecision(3));
  const { longMs, shortMs, factor } = pair;
  const counted = objective.source.of === 'composite' ? 'minutes' : 'requests';
  return (
    `the error budget is spent ${rate(long)} times as fast as it may be over ${formatDuration(longMs)}, ` +
    `and ${rate(short)} times over ${formatDuration(shortMs)}; reported from ${factor} times on ` +
    `(${long.bad} of ${long.good + long.bad} ${counted})`
  );
}

/**
 * How long there has been no data, back from the newest minute, each undefined where nobody has written
 * it: such a minute is no data either, and no proof of it by itself. `isKnownBefore`: the objective was
 * measured before these minutes.
 */
export function findSilence(
  newestFirst: readonly (Minute | undefined)[],
  silentAfterMs: number,
  isKnownBefore = false,
): Found {
  const end = newestFirst.findIndex((minute) => minute !== undefined && minute.quality !== 'none');
  const silent = end === -1 ? newestFirst : newestFirst.slice(0, end);
  const written = silent.find((minute) => minute !== undefined);
  // Before its first minute an objective has no data, and nothing has gone silent.
  const isWhole = end !== -1 || isKnownBefore;
  const isKnown = isWhole || written !== undefined;
  const silentMs = (isWhole ? silent.length : lengthWritten(silent)) * minuteMs;
  const state = end === 0 ? 'fine' : isKnown && silentMs >= silentAfterMs ? 'violated' : 'unknown';
  const { why = 'nobody has measured' } = written ?? {};
  return { kind: 'silent', state, reason: `no data for ${formatDuration(silentMs)}: ${why}` };
}

/** Up to the oldest that was written. */
function lengthWritten(silent: readonly (Minute | undefined)[]): number {
  return silent.findLastIndex((minute) => minute !== undefined) + 1;
}
