import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { OwnHarm } from '../policies/chaos/tracks/judge-front.ts';

const tickMs = 50;
/** A request that waits for less is one among others. */
const leastStallMs = 200;
const parts = 10;

type Part = Omit<OwnHarm, 'forMs'>;

const nothing: Part = { stalledMs: 0, busyMs: 0, requests: 0, unanswered: 0 };

/** Measures what this process itself does to requests: how late its timers are, how busy it is, and which requests no pod has answered. */
export class HarmMeter {
  readonly #partMs: number;
  readonly #timer: NodeJS.Timeout;
  #lastMs = performance.now();
  #beganMs = this.#lastMs;
  #past: Part[] = [];
  #now = { ...nothing };
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  /** `onPart`: called ten times within `forMs`, with all of it. */
  constructor(forMs: number, onPart: (harm: OwnHarm) => void) {
    this.#partMs = forMs / parts;
    this.#timer = setInterval(() => {
      this.#tick();
      if (this.#lastMs - this.#beganMs < this.#partMs) return;
      const utilization = performance.eventLoopUtilization();
      this.#now.busyMs = utilization.active - this.#utilization.active;
      this.#utilization = utilization;
      this.#past = [...this.#past, this.#now].slice(-parts);
      this.#now = { ...nothing };
      this.#beganMs = this.#lastMs;
      onPart({ forMs, ...this.#past.reduce(addParts) });
    }, tickMs);
    this.#timer.unref();
  }

  count(isAnswered: boolean): void {
    this.#now.requests += 1;
    if (!isAnswered) this.#now.unanswered += 1;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    const lateMs = nowMs - this.#lastMs - tickMs;
    if (lateMs >= leastStallMs) this.#now.stalledMs += lateMs;
    this.#lastMs = nowMs;
  }
}

function addParts(one: Part, other: Part): Part {
  return {
    stalledMs: one.stalledMs + other.stalledMs,
    busyMs: one.busyMs + other.busyMs,
    requests: one.requests + other.requests,
    unanswered: one.unanswered + other.unanswered,
  };
}
