import type { ServiceFacts } from '../../../contracts/chaos/service-tracks.ts';
import type { ExamineServiceCall, ServiceExamined } from '../../../contracts/chaos/track-faults.ts';
import { mostOfEach } from '../../../contracts/chaos/track-front.ts';
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
    return { what: '', refusals: [absenceOf(call)] };
  }
  const perSecond =
    before.requests === undefined || after.requests === undefined
      ? undefined
      : (1_000 * (after.requests - before.requests)) / betweenMs;
  const { version = 'nothing', ready = 0, wanted = 0 } = after.stable ?? {};
  const replicas = `${version}, ${ready} of ${wanted} replicas are ready`;
  const refusals = [
    ...judgeState(call, after),
    ...judgeShare(call, ready),
    // Where nobody counts its requests, the steady state shows whether there are enough.
    ...(perSecond === undefined ? [] : judgeTraffic(call, perSecond)),
  ];
  return {
    what: perSecond === undefined ? replicas : `${replicas}, ${rate(perSecond)}`,
    refusals: refusals.map((each) => `${environment}/${tracks.service}: ${each}`),
  };
}

/** On Kubernetes, each track has a part of the requests of one more pod. */
function judgeShare(
  { tracks: { kubernetes, share } }: ExamineServiceCall,
  ready: number,
): string[] {
  const most = mostOfEach(ready);
  if (kubernetes === undefined || ready === 0 || share <= most) return [];
  return [
    `the pod of Belay gets as many requests as each of the ${ready} pods of stable, of which each track gets half at most: write share: ${Math.floor(1_000 * most) / 10}% or less`,
  ];
}

function absenceOf({ environment, tracks: { service, kubernetes } }: ExamineServiceCall): string {
  if (kubernetes === undefined)
    return `the local platform has no service ${service} in ${environment}`;
  return `there is no Service ${kubernetes.namespace}/${kubernetes.service}`;
}

function judgeState(
  { fault, tracks: { kubernetes } }: ExamineServiceCall,
  { isAllowed, owner, obstacles = [], stable, tracks }: ServiceFacts,
): string[] {
  const isOfProcess = fault.type === 'crash' || fault.type === 'freeze';
  return [
    ...(isAllowed
      ? []
      : [
          kubernetes === undefined
            ? 'its release does not allow experiments; deploy it with target: { platform: local, chaos: allowed }'
            : 'its pods do not allow experiments; give all of them the label belay.dev/chaos: allowed',
        ]),
    ...obstacles,
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
