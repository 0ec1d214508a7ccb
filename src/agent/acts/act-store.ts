import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { judgeAct } from '../../policies/kernel/agents/judge-act.ts';
import { readWritten } from '../../processes/durable-file.ts';
import { actFiles, actFolder, runFolder, type ActFiles, type ActRecord } from './act-files.ts';
import { writeDown } from '../write-down.ts';
import { ForgottenRuns } from './forgotten-runs.ts';

/** Of runs of which nothing has happened for this long. */
const keptMs = 7 * 86_400_000;

/** The acts of an agent on disk: what was accepted, in which order, and what became of it. */
export class ActStore {
  readonly #stateFolder: string;
  readonly #forgotten: ForgottenRuns;
  #changing: Promise<unknown> = Promise.resolve();

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
    this.#forgotten = new ForgottenRuns(join(stateFolder, 'forgotten-runs'));
  }

  filesOf(act: RunStep): ActFiles {
    return actFiles(actFolder(this.#stateFolder, act));
  }

  read(act: RunStep): Promise<ActRecord | undefined> {
    return readWritten<ActRecord>(this.filesOf(act).record);
  }

  /** The record of the act, written by this call or an earlier one. Throws AgentError. */
  admit(wanted: ActRecord): Promise<ActRecord> {
    return this.#inTurn(() => this.#admit(wanted));
  }

  /** Throws AgentError where a later act of the run was accepted: it may have undone this one. */
  async requireLatest({ runRef, step }: RunStep): Promise<void> {
    const records = await this.#inTurn(() => this.#recordsIn(runFolder(this.#stateFolder, runRef)));
    const highest = Math.max(...records.map(({ act }) => act.step));
    if (highest <= step) return;
    throw new AgentError(
      'stale-fence',
      `step ${step} is not taken up again: step ${highest} of the same run was accepted after it`,
    );
  }

  /** Those that have not ended, as far as is known here. */
  async open(): Promise<ActRecord[]> {
    const runs = await namesIn(join(this.#stateFolder, 'acts'));
    const records = await Promise.all(
      runs.map((run) => this.#recordsIn(join(this.#stateFolder, 'acts', run))),
    );
    return records.flat().filter(({ act }) => !existsSync(this.filesOf(act).outcome));
  }

  /** Forgets all but the highest step of runs of which nothing has happened for a week, and nothing is open. */
  async prune(nowMs: number): Promise<void> {
    for (const run of await namesIn(join(this.#stateFolder, 'acts'))) {
      await this.#inTurn(() => this.#prune(run, nowMs));
    }
  }

  /** What is admitted is not forgotten meanwhile. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async #prune(run: string, nowMs: number): Promise<void> {
    const path = join(this.#stateFolder, 'acts', run);
    const records = await this.#recordsIn(path);
    const isOver = records.every(({ act }) => {
      const files = this.filesOf(act);
      return existsSync(files.outcome) || !existsSync(files.state);
    });
    const outcomes = records.map(({ act }) => changedAtMs(this.filesOf(act).outcome));
    const lastMs = Math.max(
      ...(await Promise.all([changedAtMs(path), ...outcomes])),
      ...records.map(({ acceptedAtMs }) => acceptedAtMs),
    );
    const longestMs = Math.max(0, ...records.map(({ program }) => program.timeoutMs));
    if (!isOver || lastMs + longestMs + keptMs >= nowMs) return;
    if (records.length > 0) {
      await this.#forgotten.add(run, Math.max(...records.map(({ act }) => act.step)));
    }
    await rm(path, { recursive: true, force: true });
  }

  async #admit(wanted: ActRecord): Promise<ActRecord> {
    const { runRef, step } = wanted.act;
    const folder = runFolder(this.#stateFolder, runRef);
    const known = await this.#recordsIn(folder);
    const verdict = judgeAct(
      { step, digest: wanted.digest },
      known.map(({ act, digest }) => ({ step: act.step, digest })),
      await this.#forgotten.highestOf(basename(folder)),
    );
    const present = known.find(({ act }) => act.step === step);
    if (present?.neverApplied && !wanted.neverApplied) {
      const message = `step ${step} of this run was reverted before it was applied`;
      throw new AgentError('stale-fence', message);
    }
    if (verdict.kind === 'refused') throw new AgentError(verdict.code, verdict.reason);
    if (verdict.kind === 'known' && present) return present;
    await writeDown(this.filesOf(wanted.act).record, wanted);
    return wanted;
  }

  async #recordsIn(folder: string): Promise<ActRecord[]> {
    const steps = await namesIn(folder);
    const records = await Promise.all(
      steps.map((step) => readWritten<ActRecord>(actFiles(join(folder, step)).record)),
    );
    return records.filter((record) => record !== undefined);
  }
}

/** 0 where there is no such file. */
async function changedAtMs(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.mtimeMs ?? 0;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
}
