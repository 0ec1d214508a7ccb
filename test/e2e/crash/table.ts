import type { Strike } from './trial.ts';

export interface Row extends Strike {
  scenario: string;
  reached: boolean;
  outcome: string;
  /** What is not as in the undisturbed run; empty is what the whole sweep is about. */
  differences: string[];
  seconds: number;
}

const placeWidth = 64;
const widths = [14, 8, placeWidth, 7, 10, 10];

/** The strikes of one attempt, on standard output. */
export function printedTable(): Table {
  return new Table((line) => process.stdout.write(`${line}\n`));
}

/** Shows each strike, and what differed, as soon as its end is known, then how many there were. */
class Table {
  private readonly rows: Row[] = [];
  private readonly write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.write = write;
    this.line(['scenario', 'victim', 'place', 'reached', 'outcome', 'difference', 'time']);
  }

  add(row: Row): void {
    this.rows.push(row);
    const { scenario, victim, place, reached, outcome, seconds } = row;
    const { differences } = row;
    const difference = differences.length === 0 ? 'none' : `${differences.length}, below`;
    const time = `${seconds.toFixed(1)} s`;
    this.line([scenario, victim, place, reached ? 'yes' : 'no', outcome, difference, time]);
    for (const found of differences) this.write(`  ${found}`);
  }

  close(): void {
    const reached = this.rows.filter((row) => row.reached).length;
    this.write(
      `${this.rows.length} strikes, ${reached} reached, ${this.different().length} with another end than undisturbed`,
    );
  }

  different(): Row[] {
    return this.rows.filter(({ differences }) => differences.length > 0);
  }

  private line(cells: string[]): void {
    this.write(cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  }
}
