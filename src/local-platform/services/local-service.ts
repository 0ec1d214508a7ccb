import type { CountedCanary } from '../../contracts/rollouts/local-platform.ts';
import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Fence } from '../../contracts/kernel/fence.ts';
import type { FaultsBody } from '../../contracts/rollouts/local-platform.ts';
import {
  PlatformError,
  type ServiceState,
  type WeightOutcome,
} from '../../contracts/rollouts/platform.ts';
import {
  planCanary,
  planClaim,
  type Claimant,
  planServiceRelease,
  planPromotion,
  planRemoval,
  planWeight,
} from '../acts/plan-acts.ts';
import { ServiceTracks } from '../experiments/service-tracks.ts';
import type { ServiceMetrics } from '../router/service-metrics.ts';
import { SerialQueue } from '../serial-queue.ts';
import { writeJson } from '../state/json-file.ts';
import type { ServiceFiles } from '../state/layout.ts';
import type { ServiceRecord } from '../state/service-record.ts';
import { readLogs, type LogQuery } from './read-logs.ts';
import { describeService } from './describe-service.ts';
import type { ServiceRuntime } from './service-runtime.ts';

/**
 * One service. Its acts run one after the other; each is written to disk before it is applied, and
 * applied before it is answered. The disk has the wanted state, so a platform that is killed in
 * between completes the act at its next start.
 */
export class LocalService {
  readonly metrics: ServiceMetrics;
  readonly tracks: ServiceTracks;
  #record: ServiceRecord;
  readonly #files: ServiceFiles;
  readonly #runtime: ServiceRuntime;
  #forgotten = false;
  readonly #acts = new SerialQueue();

  constructor(record: ServiceRecord, files: ServiceFiles, runtime: ServiceRuntime) {
    this.#record = record;
    this.#files = files;
    this.#runtime = runtime;
    this.metrics = runtime.metrics;
    this.tracks = new ServiceTracks(runtime, {
      record: () => this.#record,
      act: (plan, effect) => this.#act(plan, effect),
    });
  }

  get owned(): boolean {
    return this.#record.ownerWorkflowId !== undefined;
  }

  state(): ServiceState {
    return describeService(this.#record, this.#runtime);
  }

  async claim(fence: Fence, claimant: Claimant): Promise<ServiceState> {
    await this.#act((record) => planClaim(record, fence, claimant));
    return this.state();
  }

  releaseService(fence: Fence): Promise<void> {
    return this.#act((record) => planServiceRelease(record, fence));
  }

  async applyCanary(fence: Fence, canary: CountedCanary, folder: string): Promise<void> {
    await this.#act((record) => planCanary(record, fence, canary, folder));
  }

  async setWeight(fence: Fence, weight: number): Promise<WeightOutcome> {
    await this.#act((record) => planWeight(record, fence, weight, this.#runtime.readyCanaries));
    const reason = this.#runtime.frontProblem;
    return reason === undefined ? { verified: true, weight } : { verified: false, weight, reason };
  }

  async removeCanary(fence: Fence): Promise<void> {
    await this.#act((record) => planRemoval(record, fence));
    await this.#runtime.settled();
  }

  async promote(fence: Fence): Promise<void> {
    await this.#act((record) =>
      planPromotion(record, fence, this.#runtime.readyCanaries, Date.now()),
    );
    await this.#runtime.settled();
  }

  injectFaults({ track, ...fault }: FaultsBody): Promise<void> {
    return this.#act((record) => ({ ...record, faults: { ...record.faults, [track]: fault } }));
  }

  /** The last log lines: of one track, of one replica (also one that is gone), or of all. */
  readLogs(query: LogQuery): Promise<string> {
    const names =
      query.replica === undefined ? this.#runtime.replicaNames(query.track) : [query.replica];
    return readLogs(this.#files.logs, names, query.lines);
  }

  boundLogs(): Promise<void> {
    return this.#runtime.boundLogs();
  }

  /** Stops everything and removes everything except the logs. */
  async forget(): Promise<void> {
    await this.#acts.run(async () => {
      if (this.owned) {
        throw new PlatformError(
          'conflict',
          `workflow ${this.#record.ownerWorkflowId ?? ''} owns this service; end it first`,
        );
      }
      await this.#runtime.stop();
      this.#forgotten = true;
      await rm(this.#files.folder, { recursive: true, force: true });
    });
  }

  /** Drains and stops what runs; the record stays on disk. */
  stop(): Promise<void> {
    return this.#acts.run(() => this.#runtime.stop());
  }

  #act(
    plan: (record: ServiceRecord) => ServiceRecord,
    effect: () => void = () => undefined,
  ): Promise<void> {
    return this.#acts.run(async () => {
      if (this.#forgotten) throw new PlatformError('not-found', 'this service has been forgotten');
      const next = plan(this.#record);
      if (!isDeepStrictEqual(next, this.#record)) await writeJson(this.#files.record, next);
      this.#record = next;
      this.#runtime.apply(next);
      effect();
    });
  }
}
