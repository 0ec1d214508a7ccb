import type { ReadSubject } from '../../../contracts/metric-reader.ts';
import type { Track } from '../../../contracts/traffic.ts';
import { fillPlaceholders, tellsTracksApart } from '../../../policies/analysis/placeholders.ts';
import { parseSelector } from '../selectors/parse-selector.ts';
import { quoted } from '../selectors/selector.ts';
import { tracksBeside, upOf, type CountersPlan, type TrackPlan } from './counters-plan.ts';

/**
 * The series that a person's two selectors mean: of both tracks where they tell them apart, else
 * of the judged one. Throws SourceError.
 */
export function planCounts(
  { bad, total }: { bad: string; total: string },
  subject: ReadSubject,
): CountersPlan {
  const select = (text: string, track: Track) =>
    parseSelector(fillPlaceholders(text, subject, track, quoted));
  const apart = tellsTracksApart(bad) || tellsTracksApart(total);
  const tracks = apart ? tracksBeside(subject.track) : [subject.track];
  const plans = tracks.map((track): TrackPlan => {
    const requests = select(total, track);
    return {
      track,
      requests,
      errors: select(bad, track),
      targets: /\{\{\s*pods\s*\}\}/.test(total) ? (upOf(requests) ?? 'unknown') : 'shared',
    };
  });
  return { tracks: plans };
}
