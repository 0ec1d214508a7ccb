import { open, type FileHandle } from 'node:fs/promises';
import { writeSync } from 'node:fs';

interface Bounds {
  mostBytes: number;
  /** Says what is wrong with more than that. */
  onFull: () => Error;
}

const chunkBytes = 1_048_576;

/** A CSV file that only its owner reads, written line by line. A row may have several lines, within quotes. */
export class RowsFile {
  readonly #file: FileHandle;
  readonly #bounds: Bounds;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #rows = 0;
  #isWithinQuotes = false;

  private constructor(file: FileHandle, bounds: Bounds) {
    this.#file = file;
    this.#bounds = bounds;
  }

  static async open(path: string, bounds: Bounds): Promise<RowsFile> {
    return new RowsFile(await open(path, 'wx', 0o600), bounds);
  }

  /** Throws once there is more than there may be. */
  add(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes + bytes > this.#bounds.mostBytes) throw this.#bounds.onFull();
    this.#bytes += bytes;
    const quotes = line.split('"').length - 1;
    if (quotes % 2 === 1) this.#isWithinQuotes = !this.#isWithinQuotes;
    if (!this.#isWithinQuotes) this.#rows += 1;
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= chunkBytes) this.#flush();
  }

  /** Once it would survive a power cut; the first line has the names of columns. */
  async finish(): Promise<{ rows: number; bytes: number }> {
    this.#flush();
    await this.#file.sync();
    return { rows: Math.max(0, this.#rows - 1), bytes: this.#bytes };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const chunk = Buffer.from(`${this.#waiting.join('\n')}\n`);
    for (let written = 0; written < chunk.length;) {
      written += writeSync(this.#file.fd, chunk, written);
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
