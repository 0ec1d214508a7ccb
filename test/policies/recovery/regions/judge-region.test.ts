import { describe, expect, it } from 'vitest';
import {
  judgeRegion,
  type RegionView,
} from '../../../../src/policies/recovery/regions/judge-region.ts';

const down = (witness: string): RegionView => ({ witness, reaches: false, detail: 'no answer' });
const up = (witness: string): RegionView => ({ witness, reaches: true, detail: 'HTTP 200' });
const silent = (witness: string): RegionView => ({ witness, detail: 'its agent is away' });
const late = { agree: 2, confirmForMs: 60_000, forMs: 60_000 };

describe('whether a region is lost', () => {
  it.each([
    ['all agree for long enough', [down('a'), down('b')], late, 'lost'],
    ['enough agree, and one cannot say', [down('a'), down('b'), silent('c')], late, 'lost'],
    [
      'all agree, not for long enough',
      [down('a'), down('b')],
      { ...late, forMs: 59_999 },
      'waiting',
    ],
    ['one reaches it, whatever the others say', [down('a'), down('b'), up('c')], late, 'reached'],
    ['one reaches it at once', [up('a'), down('b')], { ...late, forMs: 0 }, 'reached'],
    ['nobody answers', [silent('a'), silent('b')], late, 'isolated'],
    ['too few can say', [down('a'), silent('b')], late, 'unknown'],
    [
      'too few can say, and there is time',
      [down('a'), silent('b')],
      { ...late, forMs: 0 },
      'waiting',
    ],
    ['there is no witness', [], late, 'isolated'],
  ] as const)('%s', (_, views, rule, verdict) => {
    expect(judgeRegion(views, rule).verdict).toBe(verdict);
  });

  it('names those that cannot say, and those that reach it', () => {
    expect(judgeRegion([down('a'), silent('b')], late).why).toBe(
      '1 of 2 witnesses do not reach it, where 2 have to agree: b: its agent is away',
    );
    expect(judgeRegion([down('a'), up('b')], late).why).toBe('b: HTTP 200');
  });
});
