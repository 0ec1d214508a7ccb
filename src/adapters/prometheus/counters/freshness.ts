import type { Series } from '../client/answer.ts';
import { byTarget } from './target-of.ts';

/** The age of what one target was last seen to count. */
export interface TargetAge {
  target: string;
  series: Series[];
  ageS: number;
  /** How often it is scraped, as its samples tell; absent for the first one of all. */
  everyS?: number;
}

export interface Freshness {
  fresh: TargetAge[];
  stale: TargetAge[];
}

/** Prometheus' own default. */
const usualScrapeS = 60;
/** A scrape takes its time, and so does a busy server. */
const slackS = 1;

/**
 * Targets whose newest sample is no older than two scrapes, and those whose is. Of a fresh one's
 * series only those are left that were there at its last scrape.
 */
export function judgeFreshness(all: readonly Series[], nowS: number): Freshness {
  const ages = [...byTarget(all)].map(([target, series]) => ageOf(target, series, nowS));
  const usual = Math.max(...ages.flatMap(({ everyS }) => everyS ?? []), 0) || usualScrapeS;
  const limitOf = ({ everyS = usual }: TargetAge) => 2 * everyS + slackS;
  const fresh = ages.filter((age) => age.ageS <= limitOf(age));
  return {
    fresh: fresh.map((age) => withoutEnded(age, nowS, usual)),
    stale: ages.filter((age) => age.ageS > limitOf(age)),
  };
}

function ageOf(target: string, series: Series[], nowS: number): TargetAge {
  const times = [...new Set(series.flatMap(({ samples }) => samples.map(({ atS }) => atS)))].sort(
    (a, b) => a - b,
  );
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const everyS = median(gaps);
  const ageS = nowS - (times.at(-1) ?? -Infinity);
  return { target, series, ageS, ...(everyS !== undefined && { everyS }) };
}

function withoutEnded(age: TargetAge, nowS: number, usualS: number): TargetAge {
  const { everyS = usualS, ageS, series } = age;
  const oldest = nowS - ageS - everyS / 2;
  return { ...age, series: series.filter(({ samples }) => (samples.at(-1)?.atS ?? 0) >= oldest) };
}

function median(numbers: number[]): number | undefined {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
