import { isDeepStrictEqual } from 'node:util';
import type {
  InjectTrackFaultOrder,
  OpenTracksOrder,
  TrackName,
  TracksState,
} from '../../contracts/chaos/service-tracks.ts';
import type { Fence } from '../../contracts/kernel/fence.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { ReplicaSet } from '../replicas/replica-set.ts';
import { strike } from './struck-replica.ts';
import { InjectedFault, type Disturbance } from './injected-fault.ts';
import { openTallies } from './tally.ts';

/** What answers the requests of a track. */
export type AnsweringSet = Pick<ReplicaSet, 'readyCount' | 'chooseProcess' | 'retire'> & {
  state(): { replicas: readonly { name: string; trouble?: string }[] };
};

/** One request of a track, from its arrival. */
export interface TrackRequest<Answering> {
  set: Answering;
  disturbance: Disturbance | undefined;
  count(code: number, tookMs: number): void;
}

export interface TracksParts<Answering> {
  order: OpenTracksOrder;
  sets: Record<TrackName, Answering>;
  /** Of the release that both run, as stable has it. */
  stable: { version: string; generation: number; readyWithinMs: number };
  /** The generation that was taken last for their replicas. */
  newest: number;
  /** Nobody keeps them any more. */
  onUnkept: () => void;
}

/**
 * Two tracks of the stable release, equal but for the fault that the experiment gets. They are in
 * the memory of this process alone, and end where their run does not ask for them.
 */
export class RunningTracks<Answering extends AnsweringSet = ReplicaSet> {
  readonly fence: Fence;
  /** Of the release that both run, as stable has it. */
  readonly generation: number;
  /** The generation that was taken last for their replicas. */
  readonly newest: number;
  readonly #parts: TracksParts<Answering>;
  readonly #sets: Record<TrackName, Answering>;
  readonly #tallies;
  readonly #latestMs: number;
  #timer: NodeJS.Timeout | undefined;
  #fault: InjectedFault | undefined;
  /** Injections up to this step come too late. */
  #removedStep = -1;
  #isRouted = false;

  constructor(parts: TracksParts<Answering>) {
    const { order, stable, sets, newest } = parts;
    this.fence = order.fence;
    this.generation = stable.generation;
    this.newest = newest;
    this.#parts = parts;
    this.#sets = sets;
    this.#tallies = openTallies(order.boundsMs);
    // Until its replicas are ready, its run has not begun.
    this.#latestMs = performance.now() + order.longestMs + stable.readyWithinMs;
    this.keep();
  }

  get sets(): readonly Answering[] {
    return [this.#sets.control, this.#sets.experiment];
  }

  /** Puts their end off. */
  keep(): void {
    const { keepMs } = this.#parts.order;
    clearTimeout(this.#timer);
    const leftMs = Math.min(keepMs, this.#latestMs - performance.now());
    this.#timer = setTimeout(this.#parts.onUnkept, leftMs);
    this.#timer.unref();
  }

  /** At random for each request; undefined where it is not for either track, or a track cannot answer it. */
  take(): TrackRequest<Answering> | undefined {
    if (!this.#checkRouted()) return undefined;
    const { share } = this.#parts.order;
    const at = Math.random();
    if (at >= 2 * share) return undefined;
    const track: TrackName = at < share ? 'experiment' : 'control';
    const fault = this.#fault?.isThere() === true ? this.#fault : undefined;
    const tallies = [this.#tallies[track], fault?.tallyOf(track)].filter(
      (each) => each !== undefined,
    );
    const set = this.#sets[track];
    const hit = track === 'experiment' ? fault : undefined;
    if (hit === undefined && set.readyCount === 0) {
      // Nobody suffers but by the fault, which has a budget: stable answers, and the track has failed.
      for (const tally of tallies) tally.countLost();
      return undefined;
    }
    const disturbance = hit?.disturb();
    const ends = tallies.map((tally) => tally.begin(disturbance?.waitMs));
    return {
      ...{ set, disturbance },
      count: (code, tookMs) => {
        for (const end of ends) end(code, tookMs);
      },
    };
  }

  injectFault(order: InjectTrackFaultOrder): void {
    if (order.fence.step <= this.#removedStep) throw tooLate(order.fence);
    if (isDeepStrictEqual(this.#fault?.order.fence, order.fence)) return;
    if (this.#fault?.isThere() === true) {
      throw new PlatformError('conflict', 'another fault is there; remove it first');
    }
    if (!this.#checkRouted()) {
      throw new PlatformError('conflict', 'the tracks get no requests yet; wait for them');
    }
    const { boundsMs } = this.#parts.order;
    const { type } = order.fault;
    const isOfReplica = type === 'crash' || type === 'freeze';
    this.#fault = isOfReplica
      ? new InjectedFault(order, boundsMs, strike(this.#sets.experiment, type))
      : new InjectedFault(order, boundsMs);
  }

  extendFault(fence: Fence, forMs: number): void {
    const fault = this.#fault;
    if (!isDeepStrictEqual(fault?.order.fence, fence) || fault?.isThere() !== true) {
      throw new PlatformError('conflict', 'there is no fault of this act any more');
    }
    fault.extend(forMs);
  }

  removeFault({ step }: Fence): void {
    this.#removedStep = Math.max(this.#removedStep, step);
    const fault = this.#fault;
    if (fault !== undefined && fault.order.fence.step <= step) fault.end('removed');
  }

  /** What somebody who reads the service should know. */
  summary(): { fence: Fence; version: string; share: number; fault: string | undefined } {
    const { order, stable } = this.#parts;
    const fault = this.#fault?.isThere() === true ? this.#fault.order.fault.type : undefined;
    return { fence: this.fence, version: stable.version, share: order.share, fault };
  }

  async state(): Promise<TracksState> {
    const fault = await this.#fault?.state();
    const { order, stable } = this.#parts;
    const states = this.sets.map((set) => set.state());
    return {
      ...{ fence: this.fence, version: stable.version, share: order.share },
      ...{ isRouted: this.#checkRouted(), wanted: order.replicas, boundsMs: order.boundsMs },
      ready: {
        control: this.#sets.control.readyCount,
        experiment: this.#sets.experiment.readyCount,
      },
      troubles: states.flatMap(({ replicas }) =>
        replicas.flatMap(({ name, trouble }) =>
          trouble === undefined ? [] : `${name}: ${trouble}`,
        ),
      ),
      tallies: {
        control: this.#tallies.control.read(),
        experiment: this.#tallies.experiment.read(),
      },
      ...(fault !== undefined && { fault }),
    };
  }

  /** Drains and stops both; the fault ends before. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#fault?.end('removed');
    await Promise.all(this.sets.map((set) => set.retire()));
  }

  /** From the first time that all of them are ready on: what is lost afterwards is what is measured. */
  #checkRouted(): boolean {
    const { replicas } = this.#parts.order;
    this.#isRouted ||= this.sets.every(({ readyCount }) => readyCount >= replicas);
    return this.#isRouted;
  }
}

function tooLate({ step }: Fence): PlatformError {
  return new PlatformError('stale-fence', `the fault of step ${step} has been removed already`);
}
