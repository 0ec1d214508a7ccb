import type { Measurement } from '../../../contracts/rollouts/verdict.ts';

/** Characters of JSON for the measurements of all stages, in every status and report of a rollout. */
const longestCourses = 150_000;

/**
 * The measurements of one of so many stages, within its share of what a status may hold: of each
 * metric the newest, and evenly spaced ones before it. None where even that is too much; the tallies
 * count them all.
 */
export function boundCourse(measurements: Measurement[], stages: number): Measurement[] {
  const limit = longestCourses / Math.max(1, stages);
  let kept = measurements;
  while (JSON.stringify(kept).length > limit) {
    const fewer = everySecond(kept);
    if (fewer.length === kept.length) return [];
    kept = fewer;
  }
  return kept;
}

function everySecond(measurements: readonly Measurement[]): Measurement[] {
  const newerOf = new Map<string, number>();
  const isKept = ({ metric }: Measurement) => {
    const newer = newerOf.get(metric) ?? 0;
    newerOf.set(metric, newer + 1);
    return newer % 2 === 0;
  };
  return measurements.toReversed().filter(isKept).reverse();
}
