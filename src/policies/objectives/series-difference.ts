import type { KeptCounter, Series } from '../../contracts/objectives/counter-reading.ts';

/** What the series of one place counted between two readings. */
export interface SeriesIncrement {
  total: number;
  /** More than the total, or less than none, where counters are skewed. */
  bad: number;
  /** A series ended or fell: its last requests are not in here. */
  isPartial: boolean;
}

interface Sides {
  then: Series;
  /** Series that had ended before, with what they counted last. */
  ended: Series;
  now: Series;
}

/**
 * The increments of each series by itself, so that one that ends takes nothing from the others. One
 * that is new began at zero. Undefined where the series of either side are not known.
 */
export function seriesIncrement(
  { series: then, ended }: KeptCounter,
  { series: now }: KeptCounter,
  isStartKnown: boolean,
): SeriesIncrement | undefined {
  if (then === undefined || now === undefined) return undefined;
  const added = (sides: Sides) => addedTo(sides, isStartKnown);
  const total = added({ then: then.total, ended: ended?.total ?? {}, now: now.total });
  if (now.part === undefined) return { ...total, total: total.sum, bad: 0 };
  const part = added({
    then: then.part?.series ?? {},
    ended: ended?.part?.series ?? {},
    now: now.part.series,
  });
  return {
    total: total.sum,
    bad: now.part.of === 'bad' ? part.sum : total.sum - part.sum,
    isPartial: total.isPartial || part.isPartial,
  };
}

function addedTo({ then, ended, now }: Sides, isStartKnown: boolean) {
  let sum = 0;
  let isPartial = Object.keys(then).some((name) => now[name] === undefined);
  for (const [name, value] of Object.entries(now)) {
    const before = then[name] ?? ended[name] ?? 0;
    if (value >= before) {
      sum += value - before;
    } else {
      isPartial = true;
      // Where nothing says when the process began, a fall may be its restart.
      if (!isStartKnown) sum += value;
    }
  }
  return { sum, isPartial };
}

/** Series that are not in the later reading of the same process; undefined where there are none. */
export function endedSeries(then: KeptCounter, now: KeptCounter): KeptCounter['ended'] {
  if (then.series === undefined || now.series === undefined) return undefined;
  const total = missingFrom(now.series.total, then.ended?.total, then.series.total);
  const { part } = now.series;
  const series = missingFrom(
    part?.series ?? {},
    then.ended?.part?.series,
    then.series.part?.series,
  );
  if (Object.keys(total).length + Object.keys(series).length === 0) return undefined;
  return { total, ...(part !== undefined && { part: { of: part.of, series } }) };
}

function missingFrom(now: Series, ...before: (Series | undefined)[]): Series {
  const known = before.flatMap((series) => Object.entries(series ?? {}));
  return Object.fromEntries(known.filter(([name]) => now[name] === undefined));
}
