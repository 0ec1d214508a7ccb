import type { SqlAnswer } from '../../../contracts/recovery/sql.ts';
import type { Carried } from '../sql/carry-out.ts';

export const mostRows = 100;
const mostOfText = 1_000;
/** It becomes part of the history of a workflow. */
const mostOfAnswer = 16_384;

/** What is shown of an answer: the first rows, as far as they fit. */
export function shownAnswer({ rows, count }: Carried): SqlAnswer {
  const shortened = rows.map(shorten);
  const shown: Record<string, unknown>[] = [];
  let size = 0;
  for (const { row } of shortened) {
    size += JSON.stringify(row).length;
    if (size > mostOfAnswer) break;
    shown.push(row);
  }
  const isLeftOut = rows.length > 0 && shown.length < count;
  return { rows: shown, count, isCut: isLeftOut || shortened.some(({ isCut }) => isCut) };
}

function shorten(row: Record<string, unknown>): { row: Record<string, unknown>; isCut: boolean } {
  const entries = Object.entries(row).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const isCut = text.length > mostOfText;
    return { name, value: isCut ? `${text.slice(0, mostOfText - 1)}…` : value, isCut };
  });
  return {
    row: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
    isCut: entries.some(({ isCut }) => isCut),
  };
}
