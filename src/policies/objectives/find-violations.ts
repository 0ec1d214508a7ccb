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
  return (
    `the error budget is spent ${rate(long)} times as fast as it may be over ${formatDuration(longMs)}, ` +
    `and ${rate(short)} times over ${formatDuration(shortMs)}; reported from ${factor} times on ` +
    `(${long.bad} of ${long.good + long.bad} requests)`
  );
}

/** Minutes of which somebody has said that there is no data, back from the newest. */
export function findSilence(newestFirst: readonly Minute[], silentAfterMs: number): Found {
  const end = newestFirst.findIndex(({ quality }) => quality !== 'none');
  const silentMs = (end === -1 ? newestFirst.length : end) * minuteMs;
  const state = silentMs >= silentAfterMs ? 'violated' : silentMs === 0 ? 'fine' : 'unknown';
  const { why = 'no data' } = newestFirst[0] ?? {};
  return { kind: 'silent', state, reason: `no data for ${formatDuration(silentMs)}: ${why}` };
}
