import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type {
  TrackCounters,
  TrafficSnapshot,
  TrafficSource,
} from '../../../contracts/rollouts/traffic.ts';
import type { PrometheusSeries } from '../client/answer.ts';
import { nothingCounted, sumOfNewest, toHistogram, withServerError } from './count-series.ts';
import type { CountersPlan } from './counters-plan.ts';
import { judgeFreshness } from './freshness.ts';
import { keyOfTarget, showTarget } from './name-series.ts';
import { sampleTrack, noSeries, refuseOverlap, type TrackSample } from './sample-track.ts';
import type { Moment } from './moment.ts';
import { showSelector } from '../selectors/selector.ts';
import { refuseStale } from './refuse-stale.ts';
import { gaugesOfTargets } from './target-gauges.ts';
import { byTarget, scrapedOf, targetOf } from './target-of.ts';

/**
 * The current counters, with one source for each track and scraped target. A target that is scraped but
 * has counted nothing yet has counters of 0, so that its first requests count. Throws SourceError if
 * there is no target, or if the samples are stale or not numbers.
 */
export async function readCounters(plan: CountersPlan, moment: Moment): Promise<TrafficSnapshot> {
  const { absent, targets } = await readTargets(plan, moment);
  return {
    takenAtMs: Math.round(moment.atS * 1_000),
    ...(absent && { absent }),
    sources: Object.fromEntries(targets.map(({ name, source }) => [name, source])),
  };
}

/** A source, and the series that its counters are the sums of. */
export interface CountedTarget {
  name: string;
  source: TrafficSource;
  requests: readonly PrometheusSeries[];
  errors: readonly PrometheusSeries[];
}

/**
 * The same sources, each with its series. Throws as well. `leavesOutStale`: not where some targets are
 * stale, which are left out, nor where one has more bad requests than requests.
 */
export async function readTargets(
  plan: CountersPlan,
  moment: Moment,
  { leavesOutStale = false } = {},
): Promise<Pick<TrafficSnapshot, 'absent'> & { targets: CountedTarget[] }> {
  const [samples, startTimes] = await Promise.all([
    Promise.all(plan.tracks.map((track) => sampleTrack(track, moment))),
    plan.startTime ? moment.gauges(plan.startTime) : undefined,
  ]);
  refuseOverlap(samples);
  const counted = samples.flatMap(({ requests, errors }) => [...requests, ...errors]);
  const freshness = judgeFreshness(counted, moment.atS);
  if (!leavesOutStale || freshness.fresh.length === 0) await refuseStale(freshness, moment);

  const fresh = freshness.fresh.flatMap(({ series }) => series);
  const up = samples.flatMap((sample) => sample.up);
  if (fresh.length + up.length + (startTimes?.length ?? 0) === 0) throw noSeries(samples);
  const starts =
    startTimes ?? (await gaugesOfTargets('process_start_time_seconds', [...fresh, ...up], moment));
  const targets = samples.flatMap((sample) => {
    const silent = silentTargets(sample, [...fresh, ...(startTimes ?? [])]);
    return sourcesOf(sample, { fresh: new Set(fresh), silent, starts, leavesOutStale });
  });
  const absent = absenceOf(samples);
  return { ...(absent && { absent }), targets };
}

/** If there are targets but no series, the metric may have another name: that is not a track without requests. */
function absenceOf(samples: readonly TrackSample[]): TrafficSnapshot['absent'] {
  const isSilent = samples.every(({ requests, errors }) => requests.length + errors.length === 0);
  if (!isSilent || samples.every(({ up }) => up.length === 0)) return undefined;
  return Object.fromEntries(
    samples.map(({ plan }) => [
      plan.track,
      `no series match ${showSelector(plan.requests)}: the ${plan.track} has received no requests yet, or exports them under another name`,
    ]),
  );
}

/** Series of this track's targets, including those that have counted nothing. */
function silentTargets(
  { plan, up }: TrackSample,
  others: readonly PrometheusSeries[],
): readonly PrometheusSeries[] {
  if (plan.targets === 'unknown') return [];
  if (plan.targets === 'shared') return others;
  return up.filter(({ samples }) => samples.at(-1)?.value === 1);
}

interface Around {
  fresh: ReadonlySet<PrometheusSeries>;
  silent: readonly PrometheusSeries[];
  starts: readonly PrometheusSeries[];
  leavesOutStale: boolean;
}

function sourcesOf(
  sample: TrackSample,
  { fresh, silent, starts, leavesOutStale }: Around,
): CountedTarget[] {
  const requests = byTarget(sample.requests.filter((series) => fresh.has(series)));
  const errors = byTarget(sample.errors.filter((series) => fresh.has(series)));
  const buckets = byTarget(sample.buckets);
  const counting = new Set([...requests.values(), ...errors.values()].flat().map(scrapedOf));
  const quiet = byTarget(silent.filter((series) => !counting.has(scrapedOf(series))));
  const all = new Map([...quiet, ...errors, ...requests]);
  return [...all].map(([target, [first]]) => {
    const own = { requests: requests.get(target) ?? [], errors: errors.get(target) ?? [] };
    const counters = countersOf(sample, { ...own, buckets: buckets.get(target) ?? [] });
    if (!leavesOutStale) refuseExcess(first, counters);
    const { track } = sample.plan;
    const key = first === undefined ? target : keyOfTarget(first);
    const source = { track, ...sinceOf(first, starts), counters };
    return { name: `${track} ${key}`, source, ...own };
  });
}

function countersOf(
  { plan }: TrackSample,
  {
    requests,
    errors,
    buckets,
  }: Record<'requests' | 'errors' | 'buckets', readonly PrometheusSeries[]>,
): TrackCounters {
  if (requests.length + errors.length === 0) return nothingCounted;
  const failed =
    'metric' in plan.errors ? errors : withServerError(requests, plan.errors.codeLabels);
  const sums = { requests: sumOfNewest(requests), errors: sumOfNewest(failed) };
  const { latency = { unitMs: 1 } } = plan;
  return { ...sums, latency: toHistogram(buckets, latency.unitMs) };
}

function refuseExcess(
  target: PrometheusSeries | undefined,
  { requests, errors }: TrackCounters,
): void {
  if (errors <= requests) return;
  throw new SourceError(
    `${target === undefined ? 'a target' : showTarget(target)} has counted ${errors} bad requests and only ${requests} in total; total has to include the bad ones`,
  );
}

/** The start of the same process; if several share an address, that of exactly the same target. */
function sinceOf(
  target: PrometheusSeries | undefined,
  starts: readonly PrometheusSeries[],
): { since?: number } {
  if (!target) return {};
  const scraped = scrapedOf(target);
  const near = starts.filter((start) => scraped !== undefined && scrapedOf(start) === scraped);
  const [start] =
    near.length === 1 ? near : near.filter((each) => targetOf(each) === targetOf(target));
  const value = start?.samples.at(-1)?.value;
  return value === undefined || !Number.isFinite(value) ? {} : { since: Math.round(value * 1_000) };
}
