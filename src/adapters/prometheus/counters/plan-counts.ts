import type { ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import { tracksIn, type Fill } from '../selectors/fill.ts';
import { parseSelector } from '../selectors/parse-selector.ts';
import { quoted } from '../selectors/selector.ts';
import { upOf, type CountersPlan, type TrackPlan } from './counters-plan.ts';

/**
 * The series that the two selectors of a spec select: for both tracks if the selectors differ between
 * them, else for the judged one. Throws SourceError.
 */
export function planCounts(
  { bad, total }: { bad: string; total: string },
  subject: ReadSubject,
  fill: Fill,
): CountersPlan {
  const select = (text: string, track: Track) => parseSelector(fill(text, subject, track, quoted));
  const hasOwnTargets = /\{\{\s*pods\s*\}\}/.test(total);
  const planTrack = (track: Track): TrackPlan => {
    const requests = select(total, track);
    return {
      track,
      requests,
      errors: select(bad, track),
      targets: hasOwnTargets ? (upOf(requests) ?? 'unknown') : 'shared',
    };
  };
  return { tracks: tracksIn([bad, total], subject, fill).map(planTrack) };
}
