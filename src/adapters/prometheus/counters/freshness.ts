import type { PrometheusSeries } from '../client/answer.ts';
import { byTarget } from './target-of.ts';

/** The age of what one target was last seen to count. */
export interface TargetAge {
  target: string;
  series: PrometheusSeries[];
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
 * series only those are left that have not ended since.
 */
export function judgeFreshness(all: readonly PrometheusSeries[], nowS: number): Freshness {
  const ages = [...byTarget(all)].map(([target, series]) => ageOf(target, series, nowS));
  const usual = Math.max(...ages.flatMap(({ everyS }) => everyS ?? []), 0) || usualScrapeS;
  const limitOf = ({ everyS = usual }: TargetAge) => 2 * everyS + slackS;
  const fresh = ages.filter((age) => age.ageS <= limitOf(age));
  return {
    fresh: fresh.map((age) => withoutEnded(age, nowS, usual)),
    stale: ages.filter((age) => age.ageS > limitOf(age)),
  };
}

function ageOf(target: string, series: PrometheusSeries[], nowS: number): TargetAge {
  const newest = Math.max(...series.map(newestOf));
  const [longest] = [...series].sort((a, b) => b.samples.length - a.samples.length);
  const everyS = median(gapsIn(longest));
  return { target, series, ageS: nowS - newest, ...(everyS !== undefined && { everyS }) };
}

/** What is scraped in several places, and named as one, is not scraped at the same moment. */
function withoutEnded(age: TargetAge, nowS: number, usualS: number): TargetAge {
  const { everyS = usualS, ageS, series } = age;
  const oldest = nowS - ageS - 1.5 * everyS;
  return { ...age, series: series.filter((each) => newestOf(each) >= oldest) };
}

function newestOf({ samples }: PrometheusSeries): number {
  return samples.at(-1)?.atS ?? -Infinity;
}

function gapsIn(series: PrometheusSeries | undefined): number[] {
  const times = (series?.samples ?? []).map(({ atS }) => atS);
  return times.slice(1).map((time, i) => time - (times[i] ?? time));
}

function median(numbers: number[]): number | undefined {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
