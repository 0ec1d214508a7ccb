/** What a value has to stay between. */
export interface Bounds {
  min?: number;
  max?: number;
}

export interface ValueRange {
  low: number;
  high: number;
}

/** A value that can be drawn: what went through JSON as NaN comes back as null. */
export function drawable(value: number | undefined): value is number {
  return Number.isFinite(value);
}

/**
 * From the lowest to the highest of values and bounds. It begins at 0, but for a metric that only
 * has to stay above a bound: of a success rate, the difference between 99 and 100 % counts.
 */
export function valueRange(values: readonly number[], { min, max }: Bounds): ValueRange {
  const all = [...values, ...[min, max].filter(drawable)];
  const fromZero = min === undefined || max !== undefined;
  const low = Math.min(...all, ...(fromZero || all.length === 0 ? [0] : []));
  const high = Math.max(...all, low);
  return high > low ? { low, high } : { low: Math.min(low, 0), high: Math.max(low, 0) || 1 };
}

const mostTicks = 6;

/** Round values that span the range, no two of which read the same. */
export function axisTicks({ low, high }: ValueRange, format: (value: number) => string): number[] {
  const smallest = 10 ** Math.floor(Math.log10((high - low) / mostTicks));
  for (let power = smallest; Number.isFinite(power); power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) {
      const ticks = multiples(step, { low, high });
      if (ticks.length > 1 && new Set(ticks.map(format)).size === ticks.length) return ticks;
    }
  }
  return [low, high];
}

/** Lets a bound that is itself a multiple be the last one, in spite of rounding. */
const roundingError = 1e-9;

/** The multiples of a step around a range; none where they are too many. */
function multiples(step: number, { low, high }: ValueRange): number[] {
  const first = Math.floor(low / step + roundingError);
  const last = Math.ceil(high / step - roundingError);
  if (last - first >= mostTicks) return [];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
