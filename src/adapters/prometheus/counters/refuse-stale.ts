import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Freshness, TargetAge } from './freshness.ts';
import type { Moment } from './moment.ts';
import { showTarget } from './name-series.ts';
import { gaugesOfTargets } from './target-gauges.ts';
import { scrapedOf } from './target-of.ts';

/**
 * Ignores targets that Prometheus no longer scrapes because they are gone. Throws SourceError if a
 * target should be scraped but is not, or does not answer, because its counters are unknown; also if
 * all targets are gone.
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

function staleness({ target, series, ageS, everyS }: TargetAge): SourceError {
  const [first] = series;
  const shown = first === undefined ? target : showTarget(first);
  const often = everyS === undefined ? '' : `, scraped every ${show(everyS)} s`;
  return new SourceError(`stale: the newest sample of ${shown} is ${show(ageS)} s old${often}`);
}

function show(seconds: number): string {
  return String(Number(seconds.toPrecision(2)));
}
