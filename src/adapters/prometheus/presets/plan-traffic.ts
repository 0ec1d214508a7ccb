import { SourceError, type ReadSubject } from '../../../contracts/metric-reader.ts';
import type { Track } from '../../../contracts/traffic.ts';
import { fillPlaceholders } from '../../../policies/analysis/placeholders.ts';
import type { TrafficSource } from '../../../specs/metric-source.ts';
import {
  tracksBeside,
  upOf,
  type CountersPlan,
  type TrackPlan,
} from '../counters/counters-plan.ts';
import { equals, like, overridden, type Matcher, type Selector } from '../selectors/selector.ts';
import { presets } from './all-presets.ts';
import type { Preset } from './preset.ts';

/** The series that a preset, and what a spec says beside it, mean for one service. Throws SourceError. */
export function planTraffic(source: TrafficSource, subject: ReadSubject): CountersPlan {
  const preset = presets[source.preset];
  const matchersOf = (labels: Record<string, string>, track: Track) =>
    Object.entries(labels).map((label) => toMatcher(label, subject, track));

  const planTrack = (track: Track): TrackPlan => {
    const own = source[track];
    const told = own ? matchersOf(own, track) : preset.ofTrack(subject, track);
    const asked = overridden(told, matchersOf(source.labels, track));
    const matchers = overridden(preset.shared(subject), asked);
    const select = (metric: string): Selector => ({ metric, matchers });
    return {
      track,
      requests: select(preset.requests),
      errors: { codeLabels: preset.codeLabels },
      latency: { buckets: select(preset.latency.buckets), unitMs: preset.latency.unitMs },
      targets: targetsOf(preset, { matchers, told }),
    };
  };
  const tracks = tracksBeside(subject.track).map(planTrack);
  return { tracks, ...startOf(preset, preset.shared(subject), tracks) };
}

/** The start is told by the labels that both tracks' series share, as far as they have them. */
function startOf(
  { startTime: metric }: Preset,
  shared: readonly Matcher[],
  [first]: TrackPlan[],
): Pick<CountersPlan, 'startTime'> {
  if (metric === undefined) return {};
  const isShared = ({ label }: Matcher) => shared.some((matcher) => matcher.label === label);
  return { startTime: { metric, matchers: first?.requests.matchers.filter(isShared) ?? [] } };
}

function targetsOf(
  { targets }: Preset,
  { matchers, told }: { matchers: readonly Matcher[]; told: readonly Matcher[] },
): TrackPlan['targets'] {
  if (targets !== 'own') return targets;
  return upOf({ matchers: told }) === undefined ? 'unknown' : (upOf({ matchers }) ?? 'unknown');
}

function toMatcher(
  [label, written]: [string, string],
  subject: ReadSubject,
  track: Track,
): Matcher {
  if (!/^[a-zA-Z_]\w*$/.test(label)) {
    throw new SourceError(`${JSON.stringify(label)} is no name of a label`);
  }
  const value = fillPlaceholders(written, subject, track);
  return /[.*+?()|{}[\]\\^$]/.test(value) ? like(label, value) : equals(label, value);
}
