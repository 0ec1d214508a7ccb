import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../processes/durable-file.ts';

/**
 * The highest step of every run whose acts are not kept any more, so that a late one is still
 * refused: a line of about 40 bytes for each. Only its agent may write the file.
 */
export class ForgottenRuns {
  readonly #file: string;
  #steps: Promise<Map<string, number>> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async highestOf(key: string): Promise<number | undefined> {
    return (await this.#read()).get(key);
  }

  /** Returns once it would survive a power cut. */
  async add(key: string, step: number): Promise<void> {
    const steps = await this.#read();
    const known = steps.get(key);
    if (known !== undefined && known >= step) return;
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a', 0o600);
    try {
      // A power cut may have torn the line before this one.
      await file.appendFile(`\n${key} ${step}`);
      await file.sync();
    } finally {
      await file.close();
    }
    await syncFolder(dirname(this.#file));
    steps.set(key, step);
  }

  #read(): Promise<Map<string, number>> {
    const read = (this.#steps ??= readSteps(this.#file));
    read.catch(() => (this.#steps = undefined));
    return read;
  }
}

async function readSteps(file: string): Promise<Map<string, number>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const steps = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [key, step] = line.split(' ');
    if (!key || !step || !/^\d+$/.test(step)) continue;
    steps.set(key, Math.max(steps.get(key) ?? 0, Number(step)));
  }
  return steps;
}
