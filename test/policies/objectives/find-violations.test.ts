import { describe, expect, it } from 'vitest';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { burnPairs } from '../../../src/policies/objectives/burn-rates.ts';
import { silentMinute } from '../../../src/policies/objectives/count-minutes.ts';
import {
  findBreach,
  findBurns,
  findSilence,
} from '../../../src/policies/objectives/find-violations.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { describeViolation } from '../../../src/policies/objectives/objective-words.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const minute = 60_000;
const day = 86_400_000;
const objective = objectiveOf();
const span = { fromMs: 0, untilMs: 30 * day };

describe('what is told', () => {
  it('of a breach is what was measured, and what it has to be', () => {
    const tally = { ...emptyTally, goodMs: 30 * day, good: 998_000, bad: 2_000, busiest: 100 };
    const standing = judgeObjective(objective, tally, { span, leastCoverage: 0.9 });
    expect(findBreach(objective, standing)).toEqual({
      ...{ kind: 'breach', state: 'violated' },
      reason: '99.8%, and it has to be at least 99.9% over 30d (whatever the rest was)',
    });
  });

  it('of a budget that burns is how fast, in both windows', () => {
    const burning = { ...emptyTally, good: 9_800, bad: 200 };
    const tallies = burnPairs(30 * day).map((pair) => ({ pair, long: burning, short: burning }));
    expect(findBurns(objective, tallies)).toMatchObject([
      { kind: 'burn-page', state: 'violated' },
      { kind: 'burn-ticket', state: 'violated' },
    ]);
    expect(findBurns(objective, tallies)[0]?.reason).toBe(
      'the error budget is spent 20 times as fast as it may be over 1h, and 20 times over 5m; reported from 14.4 times on (200 of 10000 requests)',
    );
  });

  it('of a metric that was renamed is that there is no data, before two weeks are over', () => {
    const silent = Array.from({ length: 15 }, (_, index) =>
      silentMinute((20 - index) * minute, 'no series match requests_total'),
    );
    const before = minuteAt(5 * minute, 100);
    expect(findSilence([...silent, before], 15 * minute)).toEqual({
      ...{ kind: 'silent', state: 'violated' },
      reason: 'no data for 15m: no series match requests_total',
    });
    expect(findSilence([...silent.slice(1), before], 15 * minute).state).toBe('unknown');
    expect(findSilence([before, ...silent], 15 * minute).state).toBe('fine');
  });

  it('of minutes that nobody has written is neither that there is data nor, at once, that there is none', () => {
    const nothing = Array.from({ length: 15 }, () => undefined);
    const known = minuteAt(0, 100);
    expect(findSilence([undefined, known], 15 * minute).state).toBe('unknown');
    expect(findSilence([...nothing, known], 15 * minute)).toMatchObject({
      ...{ state: 'violated', reason: 'no data for 15m: nobody has measured' },
    });
    expect(findSilence(nothing, 15 * minute).state).toBe('unknown');
    expect(findSilence(nothing, 15 * minute, true).state).toBe('violated');
    const holes = nothing.map((_, at) => (at % 2 ? undefined : silentMinute(0, 'it is away')));
    expect(findSilence(holes, 15 * minute).state).toBe('violated');
  });

  it('at the end is how long it lasted', () => {
    const violation: Violation = {
      ...{ objective: 'checkout', service: 'shop', kind: 'breach', openedAtMs: 0 },
      ...{ closedAtMs: 90 * minute, reason: '99.2%' },
    };
    expect(describeViolation('prod', { ...violation, endedBy: 'dropped' })).toEqual({
      title: 'prod/shop: checkout is no longer measured',
      text: 'It was not met when its monitor was started without it, 1h30m after it began with: 99.2%',
      severity: 'info',
    });
    expect(describeViolation('prod', violation)).toEqual({
      title: 'prod/shop: checkout is met again',
      text: 'It lasted 1h30m. It began with: 99.2%',
      severity: 'info',
    });
  });
});
