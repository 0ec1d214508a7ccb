import { describe, expect, it } from 'vitest';
import {
  addSample,
  noSeries,
} from '../../../../../src/policies/rollouts/analysis/mann-whitney/series.ts';

describe('the series of a metric', () => {
  it('takes what is no finite number for no data', () => {
    const samples = [NaN, Infinity, -Infinity, undefined, null, 0];
    const series = samples.reduce(
      (sum: typeof noSeries, canary) => addSample(sum, { canary, stable: 7 }),
      noSeries,
    );
    expect(series.canary).toEqual([null, null, null, null, null, 0]);
    expect(series.stable).toEqual([7, 7, 7, 7, 7, 7]);
  });

  it('keeps the newest looks of a long hold, paired as they came', () => {
    let series = noSeries;
    for (let sample = 1; sample <= 500; sample++) {
      series = addSample(series, {
        canary: sample,
        stable: sample % 2 === 0 ? -sample : undefined,
      });
    }
    expect(series.canary).toHaveLength(200);
    expect(series.stable).toHaveLength(200);
    expect([series.canary.at(0), series.canary.at(-1)]).toEqual([301, 500]);
    expect([series.stable.at(0), series.stable.at(-1)]).toEqual([null, -500]);
  });
});
