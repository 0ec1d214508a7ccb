import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopyCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { readWritten } from '../../processes/durable-file.ts';
import type { ScratchSettings } from '../../specs/backups/agent-settings.ts';
import { writeDown } from '../write-down.ts';

type CopyName = Pick<CopyCall, 'plan' | 'component' | 'copy'>;

/** What is written down of a copy before it is restored, and until some days after it was removed. */
export interface CopyRecord extends CopyName {
  /** What a restore writes, as its set says. */
  bytes: number;
  keepForMs: number;
  removeAtMs: number;
  /** Acts about it that may be under way: they are ended before it is removed. */
  acts: readonly RunStep[];
  /** Until then, its folder does not have all of its bytes yet. */
  restoredAtMs?: number;
  /** Its removal has begun: nobody restores or runs it any more. */
  isGoing?: true;
  removedAtMs?: number;
}

/** A late restore of a copy that was removed is refused for so long. */
const rememberedMs = 7 * 86_400_000;

type OnError = (message: string, error: unknown) => void;

/** Restored copies on disk, each in a folder of its own, and until when they are kept. */
export class Copies {
  readonly #scratch: ScratchSettings;
  readonly #writing = new Map<string, Promise<unknown>>();
  readonly #onError: OnError;
  readonly #strangers = new Set<string>();
  /** One after the other, so that each is judged by the records of those before it. */
  #opening: Promise<unknown> = Promise.resolve();

  constructor(scratch: ScratchSettings, onError: OnError = () => undefined) {
    this.#scratch = scratch;
    this.#onError = onError;
  }

  /** Throws AgentError where the folder for copies cannot be had. */
  async prepare(): Promise<void> {
    const { folder } = this.#scratch;
    // Other accounts have to get to their folders in it, and see nothing else.
    await mkdir(folder, { recursive: true, mode: 0o711 }).catch((error: unknown) => {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      const message = `the folder for copies, ${folder}, cannot be made (${code}): make it for the user of the agent, mode 0711`;
      throw new AgentError('unfinished', message, { cause: error });
    });
  }

  /** Short: the path of a socket below it has to fit in 107 bytes. */
  folderOf(copy: string): string {
    return join(this.#scratch.folder, nameOf(copy));
  }

  read(copy: string): Promise<CopyRecord | undefined> {
    return readWritten<CopyRecord>(this.#recordOf(copy));
  }

  /** Of all copies, removed ones included. Other files are reported once, and left alone. */
  async list(): Promise<CopyRecord[]> {
    const names = await readdir(this.#scratch.folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    const records = await Promise.all(
      names.filter((name) => name.endsWith('.json')).map((name) => this.#readListed(name)),
    );
    return records.filter((record) => record !== undefined);
  }

  /**
   * Makes the folder of a copy, its record first. Throws AgentError where it was removed already, or
   * a copy of so many bytes cannot be had.
   */
  async open(wanted: CopyRecord, owner: { uid: number; gid: number } | undefined): Promise<string> {
    const opened = this.#opening.then(async () => {
      if ((await this.read(wanted.copy)) === undefined) await this.#refuseSize(wanted);
      await this.#change(wanted.copy, (present) => {
        if (present?.isGoing) throw wasRemoved(wanted.copy);
        const acts = withActs(present?.acts ?? [], wanted.acts);
        return { ...wanted, acts };
      });
    });
    this.#opening = opened.catch(() => undefined);
    await opened;
    const folder = this.folderOf(wanted.copy);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (owner) await chown(folder, owner.uid, owner.gid);
    return folder;
  }

  /** Keeps it for its time from now on, and remembers an act about it. Throws AgentError for an unknown copy. */
  async touch(copy: string, act?: RunStep): Promise<CopyRecord> {
    const nowMs = Date.now();
    return this.#change(copy, (present) => {
      if (present === undefined) throw new AgentError('refused', `there is no copy ${copy} here`);
      if (present.isGoing) throw wasRemoved(copy);
      const removeAtMs = Math.max(present.removeAtMs, nowMs + present.keepForMs);
      return { ...present, removeAtMs, acts: withActs(present.acts, act ? [act] : []) };
    });
  }

  /** All of its bytes are in its folder. */
  async endRestore(copy: string): Promise<void> {
    await this.#change(copy, (present) => {
      if (present === undefined || present.isGoing) throw wasRemoved(copy);
      return { ...present, restoredAtMs: Date.now() };
    });
  }

  /** From now on it is not restored or run any more, also if it never was. Returns what it was. */
  async beginRemoval({ copy, plan, component }: CopyName): Promise<CopyRecord | undefined> {
    const none = { bytes: 0, keepForMs: 0, removeAtMs: 0, acts: [] };
    let before: CopyRecord | undefined;
    await this.#change(copy, (present) => {
      before = present;
      return { ...(present ?? { ...none, copy, plan, component }), isGoing: true };
    });
    return before;
  }

  /** Its folder is gone. */
  async endRemoval(copy: string): Promise<void> {
    await this.#change(copy, (present) => {
      if (present === undefined) throw new Error(`the removal of copy ${copy} has not begun`);
      return { ...present, acts: [], removedAtMs: Date.now() };
    });
  }

  /** Forgets those that were removed long ago. */
  async forget(nowMs: number): Promise<void> {
    for (const { copy, removedAtMs } of await this.list()) {
      if (removedAtMs === undefined || removedAtMs + rememberedMs > nowMs) continue;
      await rm(this.#recordOf(copy), { force: true });
    }
  }

  async #readListed(name: string): Promise<CopyRecord | undefined> {
    const path = join(this.#scratch.folder, name);
    try {
      const record = await readWritten<unknown>(path);
      if (record === undefined || (isRecord(record) && this.#recordOf(record.copy) === path)) {
        return record;
      }
      this.#report(path, undefined);
    } catch (error) {
      this.#report(path, error);
    }
    return undefined;
  }

  #report(path: string, error: unknown): void {
    if (this.#strangers.has(path)) return;
    this.#strangers.add(path);
    this.#onError(`${path} is no record of a copy, and is left alone`, error);
  }

  async #refuseSize({ copy, bytes }: CopyRecord): Promise<void> {
    const { folder, mostBytes } = this.#scratch;
    await this.prepare();
    const others = (await this.list()).filter(
      (other) => other.copy !== copy && other.removedAtMs === undefined,
    );
    const used = sumOf(others);
    const promised = sumOf(others.filter(({ restoredAtMs }) => restoredAtMs === undefined));
    const { bavail, bsize } = await statfs(folder);
    const left = bavail * bsize;
    const alsoPromised = promised > 0 ? `, and ${gib(promised)} are promised to other copies` : '';
    const reasons = [
      ...(Number.isFinite(bytes) ? [] : ['the size of its set is not known']),
      // What is no number does not fit.
      ...(promised + bytes <= left ? [] : [`${folder} has ${gib(left)} left${alsoPromised}`]),
      ...(mostBytes === undefined || used + bytes <= mostBytes
        ? []
        : [`copies may take ${gib(mostBytes)} together, and ${gib(used)} are in use`]),
    ];
    if (reasons.length === 0) return;
    throw new AgentError('refused', `the copy takes ${gib(bytes)}: ${reasons.join('; ')}`);
  }

  async #change(
    copy: string,
    change: (present: CopyRecord | undefined) => CopyRecord,
  ): Promise<CopyRecord> {
    const before = this.#writing.get(copy) ?? Promise.resolve();
    const changed = before.then(async () => {
      const record = change(await this.read(copy));
      await writeDown(this.#recordOf(copy), record);
      return record;
    });
    const settled = changed.catch(() => undefined);
    this.#writing.set(copy, settled);
    void settled.then(() => {
      if (this.#writing.get(copy) === settled) this.#writing.delete(copy);
    });
    return changed;
  }

  #recordOf(copy: string): string {
    return `${this.folderOf(copy)}.json`;
  }
}

function nameOf(copy: string): string {
  return createHash('sha256').update(copy).digest('hex').slice(0, 16);
}

function withActs(known: readonly RunStep[], more: readonly RunStep[]): RunStep[] {
  const isKnown = ({ runRef, step }: RunStep) =>
    known.some((act) => act.runRef === runRef && act.step === step);
  return [
    ...known,
    ...more.filter((act) => !isKnown(act)).map(({ runRef, step }) => ({ runRef, step })),
  ];
}

function wasRemoved(copy: string): AgentError {
  return new AgentError('stale-fence', `copy ${copy} was removed, and is not restored again`);
}

function isRecord(value: unknown): value is CopyRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { copy, plan, component, bytes, keepForMs, removeAtMs, acts } =
    value as Partial<CopyRecord>;
  return (
    typeof copy === 'string' &&
    [plan, component].every((one) => typeof one === 'object') &&
    [bytes, keepForMs, removeAtMs].every(Number.isFinite) &&
    Array.isArray(acts)
  );
}

function sumOf(copies: readonly CopyRecord[]): number {
  return copies.reduce((sum, { bytes }) => sum + bytes, 0);
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
