import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { LedgerError } from './ledger-error.ts';

export interface EntryFolderOptions<T> {
  /** `<folder>/<environment>/<service>/<atMs>-<id>.json`, made when first needed. */
  folder: string;
  /** The check that a file is an entry, and the name of an entry for messages. */
  isEntry: (content: unknown) => content is T;
  whatItIsNot: string;
  /** Called with every entry that cannot be read; listing continues without it. */
  onDamaged?: (damage: DamagedEntry) => void;
}

export interface DamagedEntry {
  file: string;
  problem: string;
}

export interface EntryName {
  environment: string;
  service: string;
  id: string;
  atMs: number;
}

export interface EntryFilter {
  environment?: string;
  service?: string;
  /** Only this many of the newest files of each service. */
  each?: number;
}

/** One JSON file per entry, each written whole or not at all, found by service and time. */
export class EntryFolder<T> {
  readonly #options: EntryFolderOptions<T>;

  constructor(options: EntryFolderOptions<T>) {
    this.#options = options;
  }

  /** A later entry with the same ID replaces the earlier one. Throws LedgerError, naming `what`. */
  async write({ environment, service, id, atMs }: EntryName, entry: T, what: string) {
    const home = join(this.#options.folder, folderName(environment), folderName(service));
    try {
      await mkdir(home, { recursive: true });
      const file = join(home, await fileName(home, id, atMs));
      await writeFileAtomic(file, `${JSON.stringify(entry, null, 2)}\n`);
    } catch (cause) {
      throw new LedgerError(`Cannot write ${what} to ${home}`, cause);
    }
  }

  /** Newest first; only requested entries are read from disk. */
  async *entries(filter: EntryFilter = {}): AsyncGenerator<T> {
    const found = await findFiles(this.#options.folder, filter);
    found.sort(newestFirst);
    for (const { file } of found) {
      const entry = await this.#read(file);
      if (typeof entry === 'string') this.#options.onDamaged?.({ file, problem: entry });
      else yield entry.content;
    }
  }

  /** The entry, or what is wrong with the file. */
  async #read(file: string): Promise<{ content: T } | string> {
    const { isEntry, whatItIsNot } = this.#options;
    try {
      const content: unknown = JSON.parse(await readFile(file, 'utf8'));
      return isEntry(content) ? { content } : `it is JSON, but not ${whatItIsNot}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function newestFirst(one: { atMs: number }, other: { atMs: number }): number {
  return other.atMs - one.atMs;
}

async function fileName(home: string, id: string, atMs: number): Promise<string> {
  const ending = `-${folderName(id)}.json`;
  const earlier = (await readdir(home)).find(
    (name) => name.endsWith(ending) && /^\d+$/.test(name.slice(0, -ending.length)),
  );
  return earlier ?? `${atMs}${ending}`;
}

async function findFiles(
  folder: string,
  { environment, service, each = Infinity }: EntryFilter,
): Promise<{ file: string; atMs: number }[]> {
  const found: { file: string; atMs: number }[] = [];
  for (const inEnvironment of await namesIn(folder, environment)) {
    for (const ofService of await namesIn(join(folder, inEnvironment), service)) {
      const home = join(folder, inEnvironment, ofService);
      const files = (await namesIn(home)).flatMap((name) => {
        const atMs = Number(/^(\d+)-.+\.json$/.exec(name)?.[1]);
        return Number.isFinite(atMs) ? [{ file: join(home, name), atMs }] : [];
      });
      found.push(...files.sort(newestFirst).slice(0, each));
    }
  }
  return found;
}

/** Without names that begin with a dot: no entry's name does, and other ledgers may be stored there. */
async function namesIn(folder: string, only?: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
    return only === undefined ? names : names.filter((name) => name === folderName(only));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new LedgerError(`Cannot read the ledger in ${folder}`, error);
  }
}

/** A name must not lead outside of the ledger's folder. */
function folderName(name: string): string {
  return encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
}
