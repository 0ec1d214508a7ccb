import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProgramSecrets } from '../../config/agent-file.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { readWritten, writeDurably } from '../../processes/durable-file.ts';
import { endLeft } from '../programs/run-program.ts';
import { orExplain, writeDown } from '../write-down.ts';
import { readClaim } from '../watchdog/claim.ts';
import type { WatchdogJob } from '../watchdog/job.ts';
import type { StartWatchdog } from '../watchdog/start-watchdog.ts';
import {
  markOf,
  type ActFiles,
  type ActOutcome,
  type ActRecord,
  type WatchdogState,
} from './act-files.ts';
import type { ActStore } from './act-store.ts';

export interface ActsOptions {
  store: ActStore;
  startWatchdog: StartWatchdog;
  /** Tells what this agent starts from everything else on the host. */
  instance: string;
}

export interface ActNow {
  outcome: ActOutcome | undefined;
  state: WatchdogState | undefined;
}

export interface OpenAct {
  record: ActRecord;
  state: WatchdogState | undefined;
}

const pollMs = 50;
const claimWithinMs = 15_000;

/** Carries acts out by watchdogs, and takes up those that an earlier agent has begun. */
export class Acts {
  readonly #options: ActsOptions;
  readonly #open = new Map<string, ActRecord>();
  readonly #settling = new Map<string, Promise<unknown>>();

  constructor(options: ActsOptions) {
    this.#options = options;
  }

  /** Finds what an earlier agent has left. */
  async takeUp(): Promise<void> {
    for (const record of await this.#options.store.open())
      this.#open.set(keyOf(record.act), record);
  }

  /** Follows an act, which it starts if that was not done yet, until `answer` has one. */
  async follow<T>(
    record: ActRecord,
    attempt: Attempt,
    answer: (now: ActNow) => T | undefined,
  ): Promise<T> {
    const { act } = record;
    this.#open.set(keyOf(act), record);
    const files = this.filesOf(act);
    let isStopped = false;
    for (;;) {
      const now = await this.read(act);
      const found = answer(now);
      if (found !== undefined) return found;
      if (attempt.leaving.aborted) {
        throw new AgentError('away', 'the agent stops; the act goes on, and is attached to again');
      }
      if (attempt.cancelled.aborted && !isStopped) {
        await writeDown(files.stop, {});
        isStopped = true;
      }
      await this.#advance(record, 'start');
      attempt.onProgress(progressOf(record, now.state));
      await sleep(pollMs);
    }
  }

  async read(act: RunStep): Promise<ActNow> {
    const files = this.filesOf(act);
    // The outcome last: it is written once the state changes no more.
    const state = await readWritten<WatchdogState>(files.state);
    return { state, outcome: await readWritten<ActOutcome>(files.outcome) };
  }

  filesOf(act: RunStep): ActFiles {
    return this.#options.store.filesOf(act);
  }

  /** Ends and reverts what watchdogs have left that are gone. Returns what is still open. */
  async sweep(onError: (error: unknown, record: ActRecord) => void): Promise<OpenAct[]> {
    const found: OpenAct[] = [];
    for (const [key, record] of this.#open) {
      await this.#advance(record, 'only-settle').catch((error: unknown) => onError(error, record));
      const { outcome, state } = await this.read(record.act);
      if (outcome) this.#open.delete(key);
      else found.push({ record, state });
    }
    return found;
  }

  /** One at a time for each act. */
  async #advance(record: ActRecord, then: 'start' | 'only-settle'): Promise<void> {
    const key = keyOf(record.act);
    const before = this.#settling.get(key) ?? Promise.resolve();
    const advanced = before.then(async () => {
      const standing = await this.#settle(record);
      if (standing === 'startable' && then === 'start') await this.#start(record, 'act');
    });
    const settled = advanced.catch(() => undefined);
    this.#settling.set(key, settled);
    void settled.then(() => {
      if (this.#settling.get(key) === settled) this.#settling.delete(key);
    });
    await advanced;
  }

  /** Whether somebody takes care of it; what a dead watchdog has left is ended. */
  async #settle(record: ActRecord): Promise<'over' | 'running' | 'startable'> {
    const files = this.filesOf(record.act);
    if (existsSync(files.outcome)) return 'over';
    const claim = await readClaim(files);
    if (claim === 'alive') return 'running';
    if (existsSync(files.outcome)) return 'over';
    const state = await readWritten<WatchdogState>(files.state);
    if (state !== undefined) {
      await endLeft(this.#markOf(record.act), state.program, record.program.graceMs);
    }
    if (state !== undefined && record.lease === undefined) {
      await writeDurably(files.outcome, { kind: 'lost' } satisfies ActOutcome);
      return 'over';
    }
    // Where there was no claim, one that was made meanwhile is of a living watchdog.
    if (claim === 'dead') await rm(files.watchdog, { force: true });
    if (state === undefined) return 'startable';
    await this.#start(record, 'revert');
    return 'running';
  }

  async #start(record: ActRecord, mode: WatchdogJob['mode']): Promise<void> {
    const files = this.filesOf(record.act);
    const read = await readProgramSecrets(record.program);
    if (!read.ok) {
      const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new AgentError('unfinished', `${record.command} cannot be run: ${said}`);
    }
    const job = { mode, record, folder: files.folder, secrets: read.secrets };
    const mark = this.#markOf(record.act);
    const starting = this.#options.startWatchdog({ ...job, mark });
    const { ended } = await orExplain(files.folder, starting);
    const watchdog = { hasEnded: false };
    void ended.then(() => (watchdog.hasEnded = true));
    const deadline = performance.now() + claimWithinMs;
    while (!existsSync(files.watchdog) && !existsSync(files.outcome)) {
      if (watchdog.hasEnded || performance.now() > deadline) {
        throw new AgentError('unfinished', `no watchdog took the act up: see ${files.watchdogLog}`);
      }
      await sleep(10);
    }
  }

  #markOf(act: RunStep): string {
    return markOf(this.#options.instance, act);
  }
}

function progressOf({ acceptedAtMs }: ActRecord, state: WatchdogState | undefined) {
  const { phase = 'accepted', stdoutBytes = 0, stderrBytes = 0 } = state ?? {};
  return { phase, elapsedMs: Date.now() - acceptedAtMs, stdoutBytes, stderrBytes } as const;
}

function keyOf({ runRef, step }: RunStep): string {
  return `${step}/${runRef}`;
}
