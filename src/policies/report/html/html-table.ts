import { escapeMarkup } from '../escape-markup.ts';
import { element } from '../markup.ts';

export interface Column {
  title: string;
  /** How its cells are set: numbers to the right, moments on one line, sentences with room. */
  set?: 'number' | 'fixed' | 'wide';
}

/** A cell's text, with a tone where it has one. */
export type Cell = string | { text: string; tone: string };

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
  const { text, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
  const attributes = classOf(column?.set, tone);
  return index === 0
    ? element('th', { scope: 'row', ...attributes }, escapeMarkup(text))
    : element('td', attributes, escapeMarkup(text));
}

function classOf(...names: (string | undefined)[]): { class?: string } {
  const given = names.filter((name) => name !== undefined);
  return given.length === 0 ? {} : { class: given.join(' ') };
}
