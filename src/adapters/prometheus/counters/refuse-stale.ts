import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Freshness, TargetAge } from './freshness.ts';
import type { Moment } from './moment.ts';
import { gaugesOfTargets } from './target-gauges.ts';
import { scrapedOf } from './target-of.ts';

/**
 * Nothing to do for targets that Prometheus has stopped to scrape because they are gone. Throws
 * SourceError where one should be scraped, and is not, or does not answer: what it counts is not
 * known. Where all of them are gone nothing is known either.
 */
export async function refuseStale({ fresh, stale }: Freshness, moment: Moment): Promise<void> {
  const [first] = stale;
  if (!first) return;
  if (fresh.length === 0) throw staleness(first);
  const series = stale.flatMap((age) => age.series);
  const scraped = new Set((await gaugesOfTargets('up', series, moment)).map(scrapedOf));
  const missed = stale.find((age) => age.series.some((each) => scraped.has(scrapedOf(each))));
  if (missed) throw staleness(missed);
}

function staleness({ target, ageS, everyS }: TargetAge): SourceError {
  const often = everyS === undefined ? '' : `, scraped every ${show(everyS)} s`;
  return new SourceError(`stale: the newest sample of ${target} is ${show(ageS)} s old${often}`);
}

function show(seconds: number): string {
  return String(Number(seconds.toPrecision(2)));
}
