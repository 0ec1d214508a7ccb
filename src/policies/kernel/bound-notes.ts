const mostNotes = 100;
const longestNote = 1_000;

/** What a report keeps of its notes: the first and the last, and how many there were in between. */
export function boundNotes(notes: readonly string[]): string[] {
  const cut = (note: string) =>
    note.length <= longestNote ? note : `${note.slice(0, longestNote - 1)}…`;
  if (notes.length <= mostNotes) return notes.map(cut);
  const half = mostNotes / 2;
  const left = `${notes.length - mostNotes} more notes are left out here`;
  return [...notes.slice(0, half).map(cut), left, ...notes.slice(-half).map(cut)];
}
