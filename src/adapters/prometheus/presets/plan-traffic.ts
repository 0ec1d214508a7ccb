import { SourceError, type ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { TrafficSource } from '../../../specs/rollouts/metric-source.ts';
import { upOf, type CountersPlan, type TrackPlan } from '../counters/counters-plan.ts';
import { tracksBeside, type Fill } from '../selectors/fill.ts';
import { equals, like, overridden, type Matcher, type Selector } from '../selectors/selector.ts';
import { presets } from './all-presets.ts';
import type { Preset } from './preset.ts';

/** The series that a preset and the spec's additions to it select for one service. Throws SourceError. */
export function planTraffic(source: TrafficSource, subject: ReadSubject, fill: Fill): CountersPlan {
  const preset = presets[source.preset];
  const shared = preset.shared(subject);
  const tracks = tracksBeside(subject.track).map((track): TrackPlan => {
    const filled = (matcher: Matcher) => ({
      ...matcher,
      value: fill(matcher.value, subject, track),
    });
    const written = (labels: Record<string, string>) =>
      Object.entries(labels).map(([label, value]) => toMatcher(label, fill(value, subject, track)));
    const own = source[track];
    const labels = own ? written(own) : preset.ofTrack(subject, track).map(filled);
    const asked = overridden(labels, written(source.labels));
    return planTrack(preset, { track, labels, matchers: overridden(shared, asked) });
  });
  return { tracks, ...startOf(preset, shared, tracks) };
}

function planTrack(
  { requests, latency, codeLabels, targets }: Preset,
  {
    track,
    labels,
    matchers,
  }: { track: Track; labels: readonly Matcher[]; matchers: readonly Matcher[] },
): TrackPlan {
  const select = (metric: string): Selector => ({ metric, matchers });
  return {
    track,
    requests: select(requests),
    errors: { codeLabels },
    latency: { buckets: select(latency.buckets), unitMs: latency.unitMs },
    targets: targets === 'own' ? ownTargets(labels, matchers) : targets,
  };
}

/** The pods that the track's own labels select, unless only its series have those labels. */
function ownTargets(
  labels: readonly Matcher[],
  matchers: readonly Matcher[],
): TrackPlan['targets'] {
  const isOfTargets = upOf({ matchers: labels }) !== undefined;
  return (isOfTargets ? upOf({ matchers }) : undefined) ?? 'unknown';
}

/** The start time is selected by the labels that the series of both tracks share. */
function startOf(
  { startTime: metric }: Preset,
  shared: readonly Matcher[],
  [first]: TrackPlan[],
): Pick<CountersPlan, 'startTime'> {
  if (metric === undefined) return {};
  const isShared = ({ label }: Matcher) => shared.some((matcher) => matcher.label === label);
  return { startTime: { metric, matchers: first?.requests.matchers.filter(isShared) ?? [] } };
}

function toMatcher(label: string, value: string): Matcher {
  if (!/^[a-zA-Z_]\w*$/.test(label)) {
    throw new SourceError(`${JSON.stringify(label)} is not a valid label name`);
  }
  return /[.*+?()|{}[\]\\^$]/.test(value) ? like(label, value) : equals(label, value);
}
