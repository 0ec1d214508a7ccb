import { inCell } from '../kernel/markdown.ts';

export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return [row(titles), row(titles.map(() => '---')), ...rows.map(row)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(inCell).join(' | ')} |`;
}
