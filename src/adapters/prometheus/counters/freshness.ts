import type { PrometheusSeries } from '../client/answer.ts';
import { byTarget } from './target-of.ts';

/** The age of one target's newest sample. */
export interface TargetAge {
  target: string;
  series: PrometheusSeries[];
  ageS: number;
  /** The scrape interval, computed from its samples; absent if there is only one. */
  everyS?: number;
}

export interface Freshness {
  fresh: TargetAge[];
  stale: TargetAge[];
}

/** The default of Prometheus. */
const usualScrapeS = 60;
/** For slow scrapes and a busy server. */
const slackS = 1;

/**
 * Separates targets whose newest sample is at most two scrape intervals old from the others. Series
 * of a fresh target that have ended are removed.
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

/** Targets that share a name are not all scraped at the same moment. */
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
