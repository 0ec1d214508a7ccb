import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { sinceBootMs } from '../../../processes/boot-clock.ts';
import { isAlive, stopProcess } from '../../../processes/identity.ts';
import { leaseFolder } from './holders.ts';
import { keeperReport, type KeeperReport } from './keep-leases.ts';
import type { KeeperJob, StartKeeper } from './keeper-job.ts';

/** A keeper that has not reported for so long is not relied on, and one that is frozen is replaced. */
const freshMs = 1_500;
const frozenMs = 2_500;
/** For one that was just started. */
const startsWithinMs = 15_000;
const pollMs = 50;

/** The keeper of one server's leases, as the agent sees it: a process of its own, which may be killed. */
export class Keeper {
  readonly #job: KeeperJob;
  readonly #start: StartKeeper;
  #startedMs = -Infinity;
  #ensuring: Promise<boolean> | undefined;

  constructor(job: KeeperJob, start: StartKeeper) {
    this.#job = job;
    this.#start = start;
  }

  /** Throws AgentError where no keeper takes the lease up. */
  async awaitKept(holder: string): Promise<void> {
    const deadline = performance.now() + startsWithinMs;
    while (!(await this.ensureKept(holder))) {
      if (performance.now() > deadline) {
        throw new AgentError(
          'refused',
          `no lease is held: its keeper does not start, see ${leaseFolder(this.#job.stateFolder)}/keeper.log`,
        );
      }
      await sleep(pollMs);
    }
  }

  /** Whether the lease is kept now. Where it is not, a keeper is started, at most one at a time. */
  ensureKept(holder: string): Promise<boolean> {
    this.#ensuring ??= this.#ensure(holder).finally(() => (this.#ensuring = undefined));
    return this.#ensuring;
  }

  async #ensure(holder: string): Promise<boolean> {
    const report = await this.#readReport();
    const ageMs = report === undefined ? Infinity : sinceBootMs() - report.atMs;
    if (report && ageMs < freshMs && (await isAlive(report.keeper))) {
      return report.holders.includes(holder);
    }
    const isStarting = performance.now() - this.#startedMs < startsWithinMs;
    if (report && (await isAlive(report.keeper))) {
      if (ageMs < frozenMs) return false;
      await stopProcess(report.keeper, { graceMs: 0 });
    } else if (isStarting && !(await this.#hasReportedSinceStart(report))) {
      return false;
    }
    this.#startedMs = performance.now();
    await this.#start(this.#job);
    return false;
  }

  /** One that has reported, and is gone, is started again at once. */
  async #hasReportedSinceStart(report: KeeperReport | undefined): Promise<boolean> {
    if (report === undefined) return false;
    const sinceStartMs = performance.now() - this.#startedMs;
    return sinceBootMs() - report.atMs < sinceStartMs;
  }

  async #readReport(): Promise<KeeperReport | undefined> {
    const path = keeperReport(leaseFolder(this.#job.stateFolder));
    const text = await readFile(path, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as KeeperReport);
  }
}
