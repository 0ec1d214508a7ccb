import { setMaxListeners } from 'node:events';
import type {
  FaultEnd,
  InjectTrackFaultOrder,
  TrackFaultState,
} from '../../contracts/chaos/service-tracks.ts';
import type { StruckReplica } from './struck-replica.ts';
import { longestFaultMs } from '../../policies/chaos/lease-plan.ts';
import type { TrackFault } from '../../specs/chaos/fault.ts';
import { openTallies, type Tally } from './tally.ts';

/** What the router does to one request. */
export interface Disturbance {
  waitMs: number;
  isRefused: boolean;
  /** Aborted when the fault ends: nobody waits any longer for it. Absent: waited for in any case. */
  ended: AbortSignal | undefined;
}

/**
 * The fault of the experiment track, in the memory of this process alone. It ends by itself: when its
 * lease is over, and with the last request that it may disturb. The clock is one that nobody sets.
 */
export class InjectedFault {
  readonly order: InjectTrackFaultOrder;
  readonly #replica: StruckReplica | undefined;
  readonly #tallies;
  readonly #over = new AbortController();
  readonly #latestMs: number;
  #leaseMs: number;
  #disturbed = 0;
  #ended: FaultEnd | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `replica`: where that is what is crashed or frozen. */
  constructor(order: InjectTrackFaultOrder, boundsMs: readonly number[], replica?: StruckReplica) {
    this.order = order;
    this.#replica = replica;
    this.#tallies = openTallies(boundsMs);
    const nowMs = performance.now();
    this.#latestMs = nowMs + longestFaultMs(order.durationMs);
    this.#leaseMs = Math.min(nowMs + order.forMs, this.#latestMs);
    setMaxListeners(0, this.#over.signal);
    this.#await();
  }

  isThere(): boolean {
    // A timer of a busy process is late; what it stands for is not.
    if (this.#ended === undefined && performance.now() >= this.#leaseMs) this.end('lease');
    return this.#ended === undefined;
  }

  extend(forMs: number): void {
    this.#leaseMs = Math.min(performance.now() + forMs, this.#latestMs);
    this.#await();
  }

  end(why: FaultEnd): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    clearTimeout(this.#timer);
    this.#replica?.release();
    this.#over.abort();
  }

  /** What it does to the next request of the experiment track, which is counted. */
  disturb(): Disturbance {
    const { fault, mostRequests } = this.order;
    this.#disturbed += 1;
    const ended = this.#over.signal;
    const disturbance = { ...effectOf(fault), ended };
    if (this.#disturbed < mostRequests) return disturbance;
    // This one is the last that waits; the others are released.
    this.end('budget');
    return { ...disturbance, ended: undefined };
  }

  tallyOf(track: 'control' | 'experiment'): Tally {
    return this.#tallies[track];
  }

  async state(): Promise<TrackFaultState> {
    const { fence, fault } = this.order;
    const replica = await this.#replica?.state();
    this.isThere();
    return {
      ...{ fence, fault, disturbed: this.#disturbed },
      ...(this.#ended !== undefined && { ended: this.#ended }),
      ...(replica !== undefined && { replica }),
      since: {
        control: this.#tallies.control.read(),
        experiment: this.#tallies.experiment.read(),
      },
    };
  }

  #await(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        // Timers count whole milliseconds, and may be early by a part of one.
        if (this.isThere()) this.#await();
      },
      this.#leaseMs - performance.now() + 1,
    );
    this.#timer.unref();
  }
}

function effectOf(fault: TrackFault): Omit<Disturbance, 'ended'> {
  switch (fault.type) {
    case 'latency':
      return { waitMs: fault.delayMs + spread(fault.jitterMs), isRefused: false };
    case 'error':
      return { waitMs: 0, isRefused: Math.random() < fault.share };
    case 'crash':
    case 'freeze':
      return { waitMs: 0, isRefused: false };
  }
}

/** As likely less as more. */
function spread(jitterMs: number): number {
  return jitterMs * (2 * Math.random() - 1);
}
