import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../bench/analysis/random.ts';
import type { LookedThrough, SeenStates } from '../../../../src/contracts/backups/search.ts';
import {
  endOfSearch,
  planStops,
  type SearchEnd,
} from '../../../../src/policies/backups/search/plan-stops.ts';

interface Searched {
  commits: number;
  suspects?: number[];
  standout?: number;
  askMs?: number;
  backMs?: number;
}

/** On copies that go back as far as they like, or on one that does not. */
function searchFor(
  { askMs = 10, backMs = 1_000, ...searched }: Searched,
  firstBad: number,
  from = () => 0,
): { end: SearchEnd | undefined; passes: number[][] } {
  let seen: SeenStates = {};
  const passes: number[][] = [];
  const planFrom = (state: number) =>
    planStops({ ...searched, ...seen, askMs, backMs, from: state } satisfies LookedThrough);
  for (;;) {
    const end = endOfSearch(searched.commits, seen);
    if (end) return { end, passes };
    if (passes.length > 20_000) throw new Error('it does not end');
    const asked: number[] = [];
    for (let stops = planFrom(from()); stops.length > 0; stops = planFrom(asked.at(-1) ?? 0)) {
      for (const stop of stops) {
        asked.push(stop);
        seen = stop < firstBad ? { ...seen, good: stop } : { ...seen, bad: stop };
        if (seen.bad === stop) break;
      }
      if (seen.bad === asked.at(-1)) break;
    }
    if (asked.length === 0) return { end: undefined, passes };
    passes.push(asked);
  }
}

describe('a search on the way', () => {
  it('asks just before the one that stands out, and just after it, in one pass', () => {
    expect(searchFor({ commits: 10_000, standout: 7_000 }, 7_000)).toEqual({
      end: { kind: 'found', ordinal: 7_000 },
      passes: [[6_999, 7_000]],
    });
  });

  it('finds exactly, and every pass goes forward until it is bad', () => {
    const random = seeded(7);
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 2_000; round++) {
      const commits = below(round % 20 === 0 ? 12_000 : 60);
      const all = Array.from({ length: commits }, (_, index) => index + 1);
      const searched = {
        commits,
        ...(random() < 0.5 && { suspects: all.filter(() => random() < 0.3) }),
        ...(commits > 0 && random() < 0.3 && { standout: 1 + below(commits) }),
        ...{ askMs: 1 + below(3_000), backMs: 1 + below(3_000) },
      };
      const firstBad = below(commits + 2);
      const { end, passes } = searchFor(searched, firstBad);
      const why = JSON.stringify({ searched, firstBad, passes });
      expect(end, why).toEqual(endOf(firstBad, commits));
      for (const asked of passes) {
        expect(
          asked.every((state, index) => state > (asked[index - 1] ?? -1)),
          why,
        ).toBe(true);
        expect(
          asked.slice(0, -1).every((state) => state < firstBad),
          why,
        ).toBe(true);
      }
    }
  });

  it('goes back seldom where that takes long, and asks seldom where a question does', () => {
    const cost = (askMs: number, backMs: number) => {
      const { passes } = searchFor({ commits: 10_000, askMs, backMs }, 9_137);
      return [passes.length, passes.flat().length];
    };
    const [cheapAsk, cheapBack] = [cost(1, 10_000), cost(60_000, 1_000)];
    expect(cheapAsk[0]).toBeLessThanOrEqual(2);
    expect(cheapBack[1]).toBeLessThanOrEqual(20);
    // Two passes of up to a hundred questions each.
    const usual = cost(10, 1_000);
    expect(usual[0]).toBeLessThanOrEqual(3);
    expect(usual[1]).toBeLessThanOrEqual(200);
  });

  it('asks first where a copy can be seen at all, where earlier states are in question', () => {
    const looked = { commits: 100, good: 10, bad: 60, askMs: 10, backMs: 1_000 };
    expect(planStops({ ...looked, from: 30 })[0]).toBe(30);
    expect(planStops({ ...looked, from: 11 })[0]).toBeGreaterThanOrEqual(11);
    expect(planStops({ ...looked, from: 60 })).toEqual([]);
    expect(planStops({ ...looked, good: 59, from: 0 })).toEqual([]);
  });
});

function endOf(firstBad: number, commits: number): SearchEnd {
  if (firstBad === 0) return { kind: 'wrong-from-the-beginning' };
  if (firstBad > commits) return { kind: 'nothing-wrong' };
  return { kind: 'found', ordinal: firstBad };
}
