import { formatDuration } from '../kernel/duration.ts';
import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { measureOf, type HypothesisMetric, type MeasuredAs } from './metric.ts';

/** A request that waits for longer has not been answered when somebody looks whether the fault is there. */
const longestDelayMs = 5_000;
/** Whoever samples the tracks also names the pods of stable to the pod that divides requests, which forgets them soon. */
const mostSeldomOnKubernetesMs = 10_000;

/** What an experiment says of tracks in one place, and leaves out in another. */
export function judgeTracks(given: Unfinished): Finding[] {
  const { target, hypothesis } = given;
  if (!isMapping(target)) return [];
  const { tracks } = target;
  const comparing = comparingIn(hypothesis);
  if (tracks === undefined) {
    return comparing.map(({ path }) => ({
      path,
      message: 'compares two tracks, and there are none; write target.tracks',
    }));
  }
  return [
    ...(comparing.length > 0 || hypothesis === undefined
      ? []
      : [
          {
            path: ['hypothesis'],
            message:
              'compares nothing with the control; write a metric with failedAgainstControl or slowAgainstControl',
          },
        ]),
    ...(isMapping(tracks) ? judgeSelection(tracks, given) : []),
  ];
}

function judgeSelection(
  { service, share, kubernetes }: Unfinished,
  { services, mostOfTarget, fault, everyMs, every = everyMs }: Unfinished,
): Finding[] {
  const isTooSeldom =
    kubernetes !== undefined && typeof every === 'number' && every > mostSeldomOnKubernetesMs;
  const isListed = !Array.isArray(services) || services.includes(service);
  const isTooMuch =
    typeof share === 'number' && typeof mostOfTarget === 'number' && share > mostOfTarget;
  const delayMs = delayOf(fault);
  return [
    ...(isListed || typeof service !== 'string'
      ? []
      : [
          {
            path: ['services'],
            message: `does not have ${service}, of which tracks are; write it there, too`,
          },
        ]),
    ...(isTooSeldom
      ? [
          {
            path: ['every'],
            message: `${formatDuration(every)} is too seldom for tracks on Kubernetes; at most ${formatDuration(mostSeldomOnKubernetesMs)}`,
          },
        ]
      : []),
    ...(isTooMuch
      ? [{ path: ['target', 'tracks', 'share'], message: 'is more than mostOfTarget' }]
      : []),
    ...(delayMs > longestDelayMs
      ? [
          {
            path: ['fault', 'delay'],
            message: `${formatDuration(delayMs)} is too long to be seen in time; at most ${formatDuration(longestDelayMs)} with tracks, jitter included`,
          },
        ]
      : []),
  ];
}

/** As it was written, or as it was read. */
function delayOf(fault: unknown): number {
  if (!isMapping(fault)) return 0;
  const { delay = fault['delayMs'], jitter = fault['jitterMs'] } = fault;
  return [delay, jitter].reduce<number>((sum, ms) => sum + (typeof ms === 'number' ? ms : 0), 0);
}

/** Where metrics compare tracks. */
function comparingIn(hypothesis: unknown): { path: (string | number)[] }[] {
  const isComparing = (measure: MeasuredAs | undefined) =>
    measure === 'failed' || measure === 'slow';
  const named: [string, MeasuredAs | undefined][] = Array.isArray(hypothesis)
    ? (hypothesis as HypothesisMetric[]).map(({ name, source }) => [name, source.of])
    : Object.entries(isMapping(hypothesis) ? hypothesis : {}).map(([name, metric]) => [
        name,
        isMapping(metric) ? measureOf(metric) : undefined,
      ]);
  return named.flatMap(([name, measure]) =>
    isComparing(measure) ? [{ path: ['hypothesis', name] }] : [],
  );
}
