import { escapeMarkup } from '../escape-markup.ts';
import { element } from '../markup.ts';

export interface Column {
  title: string;
  /** How its cells are set: numbers to the right, moments on one line, sentences with room. */
  set?: 'number' | 'fixed' | 'wide';
}

/** A cell's text, with a tone where it has one, or several lines of it. */
export type Cell = string | { text: string; tone: string } | readonly string[];

/** A table whose first column names its rows. */
export function htmlTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const heads = columns.map(({ title, set }) =>
    element('th', { scope: 'col', ...classOf(set) }, escapeMarkup(title)),
  );
  const body = rows.map((cells) =>
    element('tr', {}, ...cells.map((cell, index) => htmlCell(cell, columns[index], index))),
  );
  const table = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...body),
  );
  return element('div', { class: 'scroll' }, table);
}

function htmlCell(cell: Cell, column: Column | undefined, index: number): string {
  const tone = typeof cell === 'object' && 'tone' in cell ? cell.tone : undefined;
  const attributes = classOf(column?.set, tone);
  return index === 0
    ? element('th', { scope: 'row', ...attributes }, cellContent(cell))
    : element('td', attributes, cellContent(cell));
}

function cellContent(cell: Cell): string {
  if (typeof cell === 'string') return escapeMarkup(cell);
  if ('tone' in cell) return escapeMarkup(cell.text);
  return cell.map((line) => element('div', {}, escapeMarkup(line))).join('');
}

function classOf(...names: (string | undefined)[]): { class?: string } {
  const given = names.filter((name) => name !== undefined);
  return given.length === 0 ? {} : { class: given.join(' ') };
}
