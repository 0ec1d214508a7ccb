import { renderTable } from '../../src/cli/render/table.ts';

/** Progress on stderr, never mixed with the figures. */
export function progress(line: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

/** Printed with the progress: results so far, in case a later part of the benchmark fails. */
export function keep(figures: object): void {
  progress(JSON.stringify(figures));
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The first row is the heading; all columns but the first are figures. */
export function printTable(rows: string[][]): void {
  const right = (rows[0] ?? []).map((_, column) => column).slice(1);
  print(`\n${renderTable(rows, { right }).join('\n')}\n`);
}

/** Milliseconds with a useful precision. */
export function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

export function seconds(valueMs: number): string {
  return (valueMs / 1_000).toFixed(1);
}
