import type { MissingData } from './missing-data.ts';

/** One metric's test in one hold. */
export interface SeriesTest {
  /** The metric's name. */
  metric: string;
  /** Which way of being different is bad. */
  worse: 'higher' | 'lower' | 'either';
  /** The probability with which this test may reject a release that is no worse, above 0. */
  alpha: number;
  /**
   * The smallest change against stable's median that matters, as a fraction of it: a smaller one is
   * not worse, however clear it is. Where stable's median is 0, as a fraction of its mean.
   */
  leastEffect: number;
  /** Default: `remove`. */
  missing?: MissingData;
  /** Each track needs so many values; never fewer than could be worse at all with this alpha. */
  leastValues?: number;
  /** Share of a track's looks without data above which nothing can be told. Default: 0.5. */
  maxMissing?: number;
}
