import type { Reading, ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { Answer } from '../client/answer.ts';
import type { Ask } from '../client/batch-queries.ts';
import type { QueryLimit } from '../client/query-client.ts';
import { tracksIn, type Fill } from '../selectors/fill.ts';
import { quoted } from '../selectors/selector.ts';
import { valuesIn, type Values } from './values-in.ts';

/**
 * The current value of a query; of both tracks if its text differs between them, or if its series have
 * the label `track`. The age of the underlying samples is unknown: Prometheus looks back up to five
 * minutes, and the result has the time of the query.
 */
export async function readValue(
  { query }: { query: string },
  subject: ReadSubject,
  { ask, limit, fill }: { ask: Ask; limit: QueryLimit; fill: Fill },
): Promise<Reading> {
  const tracks = tracksIn([query], subject, fill);
  const askFor = (track: Track) =>
    ask({ kind: 'text', text: fill(query, subject, track, quoted) }, limit);
  const answers = await Promise.all(tracks.map(askFor));
  const found = answers.map(({ result }, i) => valuesIn(result, tracks[i] ?? subject.track));
  const values = Object.fromEntries(found.flatMap((each) => Object.entries(each.values ?? {})));
  const { reason } = found[tracks.indexOf(subject.track)] ?? {};
  return readingOf({ values, ...(reason !== undefined && { reason }) }, subject.track, answers);
}

function readingOf(
  { values = {}, reason = 'the query returns no series' }: Values,
  judged: Track,
  answers: readonly Answer[],
): Reading {
  const warnings = [...new Set(answers.flatMap((answer) => answer.warnings))];
  // A value that is incomplete, or computed in an unintended way, is not used.
  const isWhole = warnings.length === 0;
  if (values[judged] !== undefined) {
    if (isWhole) return { kind: 'value', values };
    return { kind: 'nothing', reason: `Prometheus warns: ${warnings.join('; ')}`.slice(0, 500) };
  }
  const remark = isWhole ? '' : ` (Prometheus warns: ${warnings.join('; ')})`;
  return { kind: 'nothing', reason: `${reason}${remark}`.slice(0, 500) };
}
