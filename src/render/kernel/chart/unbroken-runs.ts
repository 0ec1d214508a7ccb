/** Something at a time, with a value where there was data. */
export interface TimedValue {
  atMs: number;
  value: number | undefined;
}

export interface Known {
  atMs: number;
  value: number;
}

/** A longer silence than so many usual intervals is a gap. */
const longestInterval = 2.5;

/** The stretches a line may be drawn through: each ends where a value or a measurement is missing. */
export function unbrokenRuns(points: readonly TimedValue[]): Known[][] {
  const usualMs = usualInterval(points);
  const runs: Known[][] = [];
  let run: Known[] = [];
  for (const { atMs, value } of points) {
    const last = run.at(-1);
    const isLate = last !== undefined && atMs - last.atMs > longestInterval * usualMs;
    if (value === undefined || isLate) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    if (value !== undefined) run.push({ atMs, value });
  }
  return run.length > 0 ? [...runs, run] : runs;
}

/** The median time between two. */
function usualInterval(points: readonly TimedValue[]): number {
  const intervals = points
    .slice(1)
    .map(({ atMs }, index) => atMs - (points[index]?.atMs ?? atMs))
    .sort((a, b) => a - b);
  return intervals[Math.floor((intervals.length - 1) / 2)] ?? 0;
}
