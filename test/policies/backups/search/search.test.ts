import { describe, expect, it } from 'vitest';
import { seeded } from '../../../../bench/analysis/random.ts';
import {
  beginSearch,
  boundsOf,
  learn,
  nextProbe,
  type NextProbe,
  type Searched,
} from '../../../../src/policies/backups/search/search.ts';

interface Run {
  end: Exclude<NextProbe, { kind: 'probe' }>;
  probes: number;
  copies: number;
  /** Positions, by copy. */
  asked: number[][];
  bounds: { probes: number; copies: number };
}

/** `firstBad` is the first position that is bad. */
function searchFor(searched: Searched, firstBad: number): Run {
  let search = beginSearch(searched);
  const bounds = boundsOf(search);
  const asked: number[][] = [[]];
  for (let probes = 0; ; probes++) {
    const next = nextProbe(search);
    if (next.kind !== 'probe') return { end: next, probes, copies: asked.length, asked, bounds };
    if (probes > 20_000) throw new Error('it does not end');
    if (next.isFresh) asked.push([]);
    asked.at(-1)?.push(next.position);
    search = learn(search, next.position, next.position < firstBad);
  }
}

describe('a search', () => {
  it('takes two probes of one copy where a transaction stands out, and has done it', () => {
    const { end, asked } = searchFor(
      { candidates: 10_000, isDense: false, standout: 7_000, probesPerRestore: 5 },
      14_000,
    );
    expect(end).toEqual({ kind: 'found', candidate: 7_000 });
    expect(asked).toEqual([[13_999, 14_000]]);
  });

  it.each([
    ['did it', 2, { kind: 'found', candidate: 1 }, [[1, 2]]],
    ['did nothing, and all is well', 3, { kind: 'nothing-wrong' }, [[1, 2]]],
    ['came after it', 1, { kind: 'between', candidate: 0 }, [[1], [0]]],
    ['came after the beginning was bad', 0, { kind: 'wrong-from-the-beginning' }, [[1], [0]]],
  ])('of one candidate, which %s', (_, firstBad, end, asked) => {
    const run = searchFor({ candidates: 1, isDense: false, probesPerRestore: 5 }, firstBad);
    expect(run).toMatchObject({ end, asked });
  });

  it('without a transaction asks for the beginning alone', () => {
    const none = { candidates: 0, isDense: true, probesPerRestore: 5 };
    expect(searchFor(none, 1)).toMatchObject({ end: { kind: 'nothing-wrong' }, asked: [[0]] });
    expect(searchFor(none, 0).end).toEqual({ kind: 'wrong-from-the-beginning' });
  });

  it('goes forward only, finds exactly, and stays within what it promised', () => {
    const random = seeded(7);
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 4_000; round++) {
      const candidates = below(round % 10 === 0 ? 12_000 : 60);
      const isDense = random() < 0.5;
      const hasStandout = candidates > 0 && random() < 0.5;
      const searched: Searched = {
        ...{ candidates, isDense, probesPerRestore: random() * 20 },
        ...(hasStandout && { standout: 1 + below(candidates) }),
      };
      let firstBad = below(2 * candidates + 2);
      // There is nothing between them that could be bad first.
      if (isDense && firstBad % 2 === 1 && firstBad < 2 * candidates) firstBad -= 1;
      const run = searchFor(searched, firstBad);
      const why = JSON.stringify({ searched, firstBad, run });
      expect(run.end, why).toEqual(endOf(firstBad, candidates));
      for (const positions of run.asked) {
        const isForward = positions.every((one, index) => one > (positions[index - 1] ?? -1));
        expect(isForward, why).toBe(true);
        // A copy is used no more once it is bad.
        expect(
          positions.slice(0, -1).every((one) => one < firstBad),
          why,
        ).toBe(true);
      }
      expect(run.probes, why).toBeLessThanOrEqual(run.bounds.probes);
      expect(run.copies, why).toBeLessThanOrEqual(run.bounds.copies);
    }
  });

  it('uses more copies where a restore is cheap, and fewer probes', () => {
    const bounds = (probesPerRestore: number) =>
      boundsOf(beginSearch({ candidates: 10_000, isDense: true, probesPerRestore }));
    expect(bounds(1)).toEqual({ probes: 17, copies: 7 });
    expect(bounds(5)).toEqual({ probes: 24, copies: 5 });
    expect(bounds(100)).toEqual({ probes: 41, copies: 4 });
  });
});

function endOf(firstBad: number, candidates: number) {
  if (firstBad === 0) return { kind: 'wrong-from-the-beginning' };
  if (firstBad > 2 * candidates) return { kind: 'nothing-wrong' };
  return firstBad % 2 === 0
    ? { kind: 'found', candidate: firstBad / 2 }
    : { kind: 'between', candidate: (firstBad - 1) / 2 };
}
