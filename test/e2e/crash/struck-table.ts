export interface StruckRun {
  scenario: string;
  victim: string;
  place: string;
  /** A place that was not passed again, or a tool that had ended by then, is not reached. */
  reached: boolean;
  outcome: string;
  /** Why it failed, where what was killed may make it fail. */
  failure?: string;
  /** What is not as in the undisturbed run, or must never be. */
  differences: string[];
  seconds: number;
}

/** Shows each strike as soon as its end is known, then how many there were of each victim of each kind. */
export class StruckTable {
  readonly #rows: StruckRun[] = [];

  add(row: StruckRun): void {
    this.#rows.push(row);
    const { scenario, victim, place, reached, outcome, failure, differences, seconds } = row;
    const end = differences.length > 0 ? 'DIFFERENT' : failure ? 'failed, said so' : 'the same';
    write([
      scenario,
      victim,
      place,
      reached ? 'reached' : 'not reached',
      outcome,
      end,
      `${seconds.toFixed(1)} s`,
    ]);
    if (failure) write(['', `said: ${failure.slice(0, 200)}`]);
    for (const found of differences) write(['', found]);
  }

  /** Throws where no place of a kind was reached, which proves nothing. */
  close(): void {
    if (this.#rows.length === 0) throw new Error('no place was struck');
    write(['kind', 'victim', 'kills', 'same end', 'failed and said so', 'different']);
    const kinds = [...new Set(this.#rows.map(({ scenario }) => scenario))];
    for (const kind of kinds) {
      const rows = this.#rows.filter(({ scenario }) => scenario === kind);
      const victims = new Set(rows.map(({ victim }) => victim));
      for (const victim of victims) this.#sum(kind, victim);
    }
    write([`${this.#rows.length} strikes, ${this.different().length} different`]);
    const missed = kinds.filter((kind) => !this.#isReached(kind));
    if (missed.length > 0) throw new Error(`no place of ${missed.join(', ')} was reached`);
  }

  different(): StruckRun[] {
    return this.#rows.filter(({ differences }) => differences.length > 0);
  }

  #isReached(kind: string): boolean {
    return this.#rows.some(({ scenario, reached }) => scenario === kind && reached);
  }

  #sum(kind: string, victim: string): void {
    const rows = this.#rows.filter((row) => row.scenario === kind && row.victim === victim);
    if (rows.length === 0) return;
    const kills = rows.filter(({ reached }) => reached);
    const different = rows.filter(({ differences }) => differences.length > 0).length;
    const failed = kills.filter(({ failure, differences }) => failure && differences.length === 0);
    const same = kills.filter(({ failure, differences }) => !failure && differences.length === 0);
    write([kind, victim, ...[kills.length, same.length, failed.length, different].map(String)]);
  }
}

function write(cells: string[]): void {
  process.stdout.write(
    `${cells
      .map((cell) => cell.padEnd(20))
      .join('  ')
      .trimEnd()}\n`,
  );
}
