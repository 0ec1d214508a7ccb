import { shorten } from './notifications/bounded-text.ts';

const mostNotes = 100;
const longestNote = 1_000;

/**
 * What a run keeps of its notes: the first and the last, and how many there were in between. Notes may
 * be added to what was kept, and be bounded again.
 */
export function boundNotes(notes: readonly string[]): string[] {
  const gap = notes.findIndex((note) => leftOutBy(note) > 0);
  const before = leftOutBy(notes[gap] ?? '');
  const known = notes.filter((_, index) => index !== gap).map((note) => shorten(note, longestNote));
  const leftOut = before + Math.max(0, known.length - mostNotes);
  if (leftOut === 0) return known;
  const first = known.slice(0, gap === -1 ? mostNotes / 2 : gap);
  const last = known.slice(first.length).slice(first.length - mostNotes);
  return [...first, `${leftOut} ${moreNotes}`, ...last];
}

const moreNotes = 'more notes are left out here';

function leftOutBy(note: string): number {
  const [count, words] = [note.slice(0, note.indexOf(' ')), note.slice(note.indexOf(' ') + 1)];
  return words === moreNotes && /^\d{1,9}$/.test(count) ? Number(count) : 0;
}
