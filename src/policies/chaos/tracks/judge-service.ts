import type { ServiceFacts } from '../../../contracts/chaos/service-tracks.ts';
import type { ExamineServiceCall, ServiceExamined } from '../../../contracts/chaos/track-faults.ts';
import type { Counts } from '../../../contracts/kernel/counted-evidence.ts';
import { isTrackSource } from '../../../specs/chaos/track-source.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { grouped, percent } from '../../kernel/figures-in-words.ts';
import { decideAtEnd, noEvidence, recordCounts } from '../../kernel/sequential/weigh-evidence.ts';
import { seenAtEndWithinMs, seenWithinMs } from '../seen-within.ts';
import { testOf, type TrackMetric } from './judge-tracks.ts';

/** Two readings of a service, and the time between them. */
export interface ServiceReadings {
  before: ServiceFacts | undefined;
  after: ServiceFacts | undefined;
  betweenMs: number;
}

/** A fault is seen by about so many requests that it has met. */
const leastSeen = 5;

/** Every reason why no tracks of it can be compared; empty: they can be. */
export function judgeService(call: ExamineServiceCall, readings: ServiceReadings): ServiceExamined {
  const { environment, tracks } = call;
  const { before, after, betweenMs } = readings;
  if (before === undefined || after === undefined) {
    const refusal = `the local platform has no service ${tracks.service} in ${environment}`;
    return { what: '', refusals: [refusal] };
  }
  const perSecond = (1_000 * (after.requests - before.requests)) / betweenMs;
  const { version = 'nothing', ready = 0, wanted = 0 } = after.stable ?? {};
  const what = `${version}, ${ready} of ${wanted} replicas are ready, ${rate(perSecond)}`;
  const refusals = [...judgeState(call, after), ...judgeTraffic(call, perSecond)];
  return { what, refusals: refusals.map((each) => `${environment}/${tracks.service}: ${each}`) };
}

function judgeState(
  { fault }: ExamineServiceCall,
  { isAllowed, owner, stable, tracks }: ServiceFacts,
): string[] {
  const isOfProcess = fault.type === 'crash' || fault.type === 'freeze';
  return [
    ...(isAllowed
      ? []
      : [
          'its release does not allow experiments; deploy it with target: { platform: local, chaos: allowed }',
        ]),
    ...(owner === undefined ? [] : [`workflow ${owner} owns it`]),
    ...(stable === undefined ? ['no release of it is running'] : []),
    ...(stable !== undefined && stable.ready < stable.wanted
      ? [`only ${stable.ready} of ${stable.wanted} replicas are ready`]
      : []),
    ...(isOfProcess && stable?.inProcess === true
      ? [`its replicas are no processes, so that none can be hit by ${fault.type}`]
      : []),
    ...(tracks === undefined
      ? []
      : [
          `something of an earlier experiment is there: two tracks of ${tracks.version} (of run ${tracks.fence.rolloutId})`,
        ]),
  ];
}

function judgeTraffic(call: ExamineServiceCall, perSecond: number): string[] {
  const { tracks, fault, steadyStateMs, durationMs, hypothesis } = call;
  if (perSecond <= 0) return ['it gets no requests: there is nothing to compare'];
  const { share, mostRequests } = tracks;
  const ofTrack = (ms: number) => Math.floor((share * perSecond * ms) / 1_000);
  // From its injection: until it is seen, while it is watched, and while it is looked for once more.
  const lookedForMs = seenWithinMs + seenAtEndWithinMs;
  const disturbed = ofTrack(durationMs + lookedForMs);
  const seen = ofTrack(seenWithinMs) * (fault.type === 'error' ? fault.share : 1);
  const isOfRequests = fault.type === 'latency' || fault.type === 'error';
  const plan = `${percent(share)} of ${rate(perSecond)}`;
  const comparing = hypothesis.filter((each): each is TrackMetric => isTrackSource(each.source));
  const windows = { steadyState: steadyStateMs, duration: durationMs };
  return [
    ...(disturbed > mostRequests
      ? [
          `about ${grouped(disturbed)} requests would be disturbed (${plan} for ${formatDuration(durationMs)}, and for ${formatDuration(lookedForMs)} in which it is looked for), more than mostRequests: ${grouped(mostRequests)}`,
        ]
      : []),
    ...(isOfRequests && seen < leastSeen
      ? [
          `the fault would meet about ${grouped(Math.round(seen))} requests in ${formatDuration(seenWithinMs)} (${plan}), too few to be seen; write a larger share`,
        ]
      : []),
    ...Object.entries(windows).flatMap(([key, ms]) =>
      comparing.flatMap((metric) =>
        tooLittle(metric, { count: ofTrack(ms), tests: comparing.length }).map(
          (why) => `${metric.name}: ${key} of ${formatDuration(ms)} has ${why}`,
        ),
      ),
    ),
  ];
}

/** Where not even tracks without a bad request could be told apart from those that are worse. */
function tooLittle(
  metric: TrackMetric,
  { count, tests }: { count: number; tests: number },
): string[] {
  const test = testOf(metric, 2 * tests);
  const good: Counts = { total: count, bad: 0 };
  const evidence = recordCounts(noEvidence, { canary: good, stable: good }, test);
  const decision = decideAtEnd(evidence, test);
  if (decision.kind !== 'too-little') return [];
  const certainty = `${percent(decision.power)} certainty`;
  return [
    `about ${grouped(count)} requests for each track, which would show a track ${test.effect} times as bad with only ${certainty}; write a longer one, a larger share, or a higher atMost or effect`,
  ];
}

function rate(perSecond: number): string {
  return `${Number(perSecond.toPrecision(2))} requests/s`;
}
