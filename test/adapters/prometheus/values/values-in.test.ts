import { describe, expect, it } from 'vitest';
import type { Result } from '../../../../src/adapters/prometheus/client/answer.ts';
import { valuesIn } from '../../../../src/adapters/prometheus/values/values-in.ts';

const vector = (...all: [Record<string, string>, number][]): Result => ({
  kind: 'vector',
  series: all.map(([labels, value]) => ({ labels, samples: [{ atS: 1, value }] })),
});

describe('the result of a query', () => {
  it.each([
    ['a scalar', { kind: 'scalar', sample: { atS: 1, value: 3 } } satisfies Result],
    ['one series', vector([{ job: 'a' }, 3])],
    ["one series of the judged track's own", vector([{ track: 'canary' }, 3])],
  ])('%s is the value of the requested track', (_, result) => {
    expect(valuesIn(result, 'canary')).toEqual({ values: { canary: 3 } });
  });

  it('with a series for each track is the value of both', () => {
    const result = vector([{ track: 'canary' }, 3], [{ track: 'stable' }, 4]);
    expect(valuesIn(result, 'canary')).toEqual({ values: { canary: 3, stable: 4 } });
  });

  it('omits a stable that is not a number', () => {
    const result = vector([{ track: 'canary' }, 3], [{ track: 'stable' }, NaN]);
    expect(valuesIn(result, 'canary')).toEqual({ values: { canary: 3 } });
  });

  it.each([
    ['nothing', vector(), 'the query returns no series'],
    ['NaN', vector([{}, NaN]), 'the query returns NaN'],
    ['infinity', vector([{}, Infinity]), 'the query returns Infinity'],
    ['many', vector([{ a: '1' }, 1], [{ a: '2' }, 2]), 'the query returns 2 series; aggregate it'],
    [
      'the same track twice',
      vector([{ track: 'canary', a: '1' }, 1], [{ track: 'canary', a: '2' }, 2]),
      'the query returns 2 series; aggregate it',
    ],
    ['stable alone', vector([{ track: 'stable' }, 1]), 'the query returns no series of the canary'],
    ['a string', { kind: 'string' } satisfies Result, 'the query returns a string, not a number'],
    [
      'a range',
      { kind: 'matrix', series: [] } satisfies Result,
      'the query returns a range of samples; apply rate or another function to it',
    ],
  ])('that is %s has no value', (_, result, reason) => {
    expect(valuesIn(result, 'canary')).toMatchObject({ reason });
    expect(valuesIn(result, 'canary').values?.canary).toBeUndefined();
  });
});
