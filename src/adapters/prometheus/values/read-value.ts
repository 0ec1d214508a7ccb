import type { Reading, ReadSubject } from '../../../contracts/metric-reader.ts';
import type { Track } from '../../../contracts/traffic.ts';
import { fillPlaceholders, tellsTracksApart } from '../../../policies/analysis/placeholders.ts';
import type { Answer } from '../client/answer.ts';
import type { Ask } from '../client/ask-together.ts';
import type { Patience } from '../client/query-client.ts';
import { tracksBeside } from '../counters/counters-plan.ts';
import { quoted } from '../selectors/selector.ts';
import { valuesIn, type Values } from './values-in.ts';

/**
 * What a query says now: of both tracks where its text tells them apart, or its series do by their
 * label `track`. How old the samples are that it was computed from is not seen: Prometheus looks
 * back five minutes for one, and a query's result has the time at which it was asked.
 */
export async function readValue(
  { query }: { query: string },
  subject: ReadSubject,
  { ask, patience }: { ask: Ask; patience: Patience },
): Promise<Reading> {
  const fill = (track: Track) => fillPlaceholders(query, subject, track, quoted);
  const askFor = (track: Track) => ask({ kind: 'text', text: fill(track) }, patience);
  if (!tellsTracksApart(query)) {
    const answer = await askFor(subject.track);
    return readingOf(valuesIn(answer.result, subject.track), subject.track, [answer]);
  }
  const tracks = tracksBeside(subject.track);
  const answers = await Promise.all(tracks.map(askFor));
  const found = answers.map(({ result }, i) => valuesIn(result, tracks[i] ?? subject.track));
  const judged = found[tracks.indexOf(subject.track)] ?? {};
  const values = Object.assign({}, ...found.map((each) => each.values ?? {})) as Values['values'];
  return readingOf({ ...judged, ...(values && { values }) }, subject.track, answers);
}

function readingOf(
  { values = {}, reason = 'the query returns no series' }: Values,
  judged: Track,
  answers: readonly Answer[],
): Reading {
  if (values[judged] !== undefined) return { kind: 'value', values };
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))];
  const remark = warnings.length === 0 ? '' : ` (Prometheus warns: ${warnings.join('; ')})`;
  return { kind: 'nothing', reason: `${reason}${remark}`.slice(0, 500) };
}
