import { Writable } from 'node:stream';

const blockBytes = 512;

/** The names of the files in a tar archive; their contents pass by. */
export class TarNames extends Writable {
  readonly found = new Set<string>();
  #header = Buffer.alloc(0);
  /** Of the file under way, with what fills its last block. */
  #left = 0;
  #isOver = false;

  override _write(part: Buffer, _encoding: string, done: (error?: Error) => void): void {
    try {
      this.#read(part);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _final(done: (error?: Error) => void): void {
    const isWhole = this.#isOver || (this.#left === 0 && this.#header.length === 0);
    done(isWhole ? undefined : new Error('the archive ends in the middle of a file'));
  }

  #read(part: Buffer): void {
    let rest = part;
    while (rest.length > 0 && !this.#isOver) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, rest.length);
        this.#left -= passed;
        rest = rest.subarray(passed);
        continue;
      }
      const wanted = blockBytes - this.#header.length;
      this.#header = Buffer.concat([this.#header, rest.subarray(0, wanted)]);
      rest = rest.subarray(wanted);
      if (this.#header.length === blockBytes) this.#takeHeader();
    }
  }

  #takeHeader(): void {
    const header = this.#header;
    this.#header = Buffer.alloc(0);
    if (header.every((byte) => byte === 0)) {
      this.#isOver = true;
      return;
    }
    const prefix = textIn(header, 345, 155);
    const name = textIn(header, 0, 100);
    const size = Number.parseInt(textIn(header, 124, 12).trim() || '0', 8);
    if (!Number.isFinite(size)) throw new Error('a file in the archive has no size');
    this.found.add(prefix === '' ? name : `${prefix}/${name}`);
    this.#left = Math.ceil(size / blockBytes) * blockBytes;
  }
}

function textIn(header: Buffer, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString();
}
