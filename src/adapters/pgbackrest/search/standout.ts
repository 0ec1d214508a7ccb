import type { Among, History } from '../../../contracts/backups/search.ts';
import { placesAmong, type LogIndex } from './log-index.ts';
import type { IndexedCommit } from './log-reader.ts';

/** So many times of what is usual. */
const leastRatio = 8;
/** Of a table that was truncated, rewritten or dropped, the log has no rows. */
const perDrop = 1_000_000;

/** The transaction that wrote most by far, of the table that is looked at; undefined where none stands out. */
export function findStandout(index: LogIndex, among: Among): History['standout'] {
  const wanted = new Set(among === 'table' ? index.files : []);
  const counts = (file: string) => among === 'all' || wanted.has(file);
  const weights = placesAmong(index, among).map((place) =>
    weightOf(index.commits[place] ?? nothing, counts),
  );
  if (weights.length < 2) return undefined;
  const usual = weights.toSorted((one, other) => one - other)[weights.length >> 1] ?? 0;
  const records = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (records < leastRatio * Math.max(1, usual)) return undefined;
  return { among, place: weights.indexOf(records) + 1, records, usual };
}

const nothing = { rows: {}, drops: [] };

function weightOf(
  { rows, drops }: Pick<IndexedCommit, 'rows' | 'drops'>,
  counts: (file: string) => boolean,
): number {
  const written = Object.entries(rows).map(([file, count]) => (counts(file) ? count : 0));
  const dropped = drops.filter(counts).length * perDrop;
  return written.reduce((sum, count) => sum + count, dropped);
}
