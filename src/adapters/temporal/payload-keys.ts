import { statSync } from 'node:fs';
import { readPayloadKeys, type PayloadKey } from '../../config/payload-keys-file.ts';

export interface PayloadKeysOptions {
  /** Absent: nothing is encrypted, and no encrypted payload can be read. */
  file?: string;
  /** Called once for each change of the file that cannot be used; the previous keys stay. */
  onProblem?: (problem: Error) => void;
  now?: () => number;
}

const checkEveryMs = 1_000;

/** The keys of one process. A changed file is noticed within a second, without a restart. */
export class PayloadKeys {
  readonly #options: PayloadKeysOptions;
  readonly #now: () => number;
  #keys: readonly PayloadKey[] = [];
  #seen = '';
  #lookedAtMs = 0;

  /** Throws InvalidConfig if the file cannot be used. */
  constructor(options: PayloadKeysOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    const { file } = options;
    if (file === undefined) return;
    this.#seen = stampOf(file);
    this.#keys = readPayloadKeys(file);
    this.#lookedAtMs = this.#now();
  }

  get file(): string | undefined {
    return this.#options.file;
  }

  /** The key that encrypts; undefined if nothing is encrypted. */
  current(): PayloadKey | undefined {
    this.#refresh();
    return this.#keys[0];
  }

  find(id: string): PayloadKey | undefined {
    this.#refresh();
    return this.#keys.find((key) => key.id === id);
  }

  #refresh(): void {
    const { file, onProblem } = this.#options;
    const nowMs = this.#now();
    if (file === undefined || Math.abs(nowMs - this.#lookedAtMs) < checkEveryMs) return;
    this.#lookedAtMs = nowMs;
    const stamp = stampOf(file);
    if (stamp === this.#seen) return;
    this.#seen = stamp;
    try {
      this.#keys = readPayloadKeys(file);
    } catch (error) {
      onProblem?.(error as Error);
    }
  }
}

/** Differs after every write, even if the file is a link that has been changed. */
function stampOf(file: string): string {
  try {
    const { ino, mtimeMs, ctimeMs, size } = statSync(file);
    return [ino, mtimeMs, ctimeMs, size].join(' ');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}
