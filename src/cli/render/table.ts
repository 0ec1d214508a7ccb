import stringWidth from 'string-width';

export interface TableOptions {
  indent?: number;
  /** Columns whose cells are set to the right. */
  right?: readonly number[];
}

/** Lines up columns by their visible width; nothing is cut or wrapped. */
export function renderTable(
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string[] {
  const { indent = 2, right = [] } = options;
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const padding = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
      return right.includes(column) ? padding + cell : cell + padding;
    });
    return (' '.repeat(indent) + cells.join('  ')).trimEnd();
  });
}

const plain = /^[ -~]*$/;

/** To measure any text takes far longer than to see that it is plain, and a list has thousands of cells. */
function widthOf(cell: string): number {
  return plain.test(cell) ? cell.length : stringWidth(cell);
}
