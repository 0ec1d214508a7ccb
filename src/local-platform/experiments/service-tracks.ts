import type {
  InjectTrackFaultOrder,
  OpenTracksOrder,
  ServiceFacts,
} from '../../contracts/chaos/service-tracks.ts';
import type { Fence } from '../../contracts/kernel/fence.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { ServiceRuntime } from '../services/service-runtime.ts';
import type { ServiceRecord } from '../state/service-record.ts';
import { planTracks, planTracksEnd, type PlannedTracks } from './plan-tracks.ts';
import type { RunningTracks } from './running-tracks.ts';

/** The record of the service, whose acts run one after the other. */
export interface TracksRecord {
  record(): ServiceRecord;
  /** `effect`: once it is on disk, and before the next act. */
  act(plan: (record: ServiceRecord) => ServiceRecord, effect: () => void): Promise<void>;
}

/** What experiments do with one service; `TracksPlatform` says what each act guarantees. */
export class ServiceTracks {
  readonly #runtime: ServiceRuntime;
  readonly #record: TracksRecord;

  constructor(runtime: ServiceRuntime, record: TracksRecord) {
    this.#runtime = runtime;
    this.#record = record;
  }

  async facts(): Promise<ServiceFacts> {
    const { chaos, ownerWorkflowId, stable } = this.#record.record();
    const tracks = await this.#open?.state();
    const running = this.#runtime.tracks().stable;
    return {
      isAllowed: chaos === 'allowed',
      ...(ownerWorkflowId !== undefined && { owner: ownerWorkflowId }),
      ...(stable !== undefined && {
        stable: {
          ...{ version: stable.release.version, wanted: stable.wanted },
          ready: running?.replicas.filter(({ ready }) => ready).length ?? 0,
          readyWithinMs: stable.readiness.deadlineMs,
          ...(stable.release.inProcess !== undefined && { inProcess: true }),
        },
      }),
      requests: this.#runtime.metrics.counted,
      ...(tracks !== undefined && { tracks }),
    };
  }

  async open(order: OpenTracksOrder): Promise<void> {
    let planned: PlannedTracks | undefined;
    await this.#record.act(
      (record) => {
        planned = planTracks(record, order.fence, this.#open?.fence);
        return planned?.record ?? record;
      },
      () => {
        if (planned !== undefined) this.#runtime.openTracks(order, planned);
      },
    );
  }

  keep(fence: Fence): Promise<ServiceFacts> {
    this.#of(fence)?.keep();
    return this.facts();
  }

  injectFault(order: InjectTrackFaultOrder): void {
    this.#needed(order.fence).injectFault(order);
  }

  extendFault(fence: Fence, forMs: number): void {
    this.#needed(fence).extendFault(fence, forMs);
  }

  removeFault(fence: Fence): void {
    this.#of(fence)?.removeFault(fence);
  }

  async close(fence: Fence): Promise<void> {
    await this.#record.act(
      (record) => planTracksEnd(record, fence),
      () => {
        const own = this.#of(fence);
        if (own !== undefined) this.#runtime.closeTracks(own);
      },
    );
    await this.#runtime.settled();
  }

  get #open(): RunningTracks | undefined {
    return this.#runtime.openedTracks;
  }

  /** Those of the same run. */
  #of({ rolloutId }: Fence): RunningTracks | undefined {
    const open = this.#open;
    return open?.fence.rolloutId === rolloutId ? open : undefined;
  }

  #needed(fence: Fence): RunningTracks {
    const own = this.#of(fence);
    if (own !== undefined) return own;
    throw new PlatformError(
      'conflict',
      `run ${fence.rolloutId} has no tracks here; they ended, or the platform was started again`,
    );
  }
}
