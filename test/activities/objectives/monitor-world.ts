import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectiveMonitor } from '../../../activities/objectives/support/objective-monitor.ts';
import {
  createWorkerMemory,
  type WorkerMemory,
} from '../../../activities/objectives/support/worker-memory.ts';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import type { Counter } from '../../../src/contracts/objectives/counter-reading.ts';
import { hourMs, minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { MonitorNews, WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

/** Counters of a service minute by minute, a clock that a test moves, and a real ledger. */
export class MonitorWorld {
  nowMs: number;
  readonly warnings: string[] = [];
  /** How often a moment was asked for, by the moment. */
  readonly asked: number[] = [];
  /** The most questions that were open at once. */
  mostOpen = 0;
  /** Of the worker; absent: each attempt is one of another worker. */
  memory: WorkerMemory | undefined;
  /** Absent: each attempt was scheduled when it began. */
  attemptAtMs: number | undefined;
  /** What a probe that is sent answers. */
  answers: () => Promise<boolean> = () => Promise.resolve(true);
  /** What the ledger was asked for, and how many hours it has handed out one by one. */
  readonly calls: string[] = [];
  hoursListed = 0;
  /** While it is set, sources fail with it. */
  sourceFailure: string | undefined;
  /** What others do between two looks of an attempt. */
  meanwhile: (() => Promise<void>) | undefined;
  isLedgerAway: (nowMs: number) => boolean = () => false;
  /** What had been counted at a moment; absent: 100 good requests a minute. */
  countedAt: (atMs: number) => Readonly<Record<string, Counter>>;
  readonly #startMs: number;
  readonly #home: string;
  readonly #ledger: LedgerDatabase;

  private constructor(home: string, startMs: number) {
    this.#home = home;
    this.#ledger = ledgerAt(home);
    this.#startMs = startMs;
    this.nowMs = startMs;
    this.countedAt = (atMs) => {
      return {
        pod: { sinceMs: 1, total: Math.floor((atMs - startMs) / minuteMs + 1e4) * 100, bad: 0 },
      };
    };
  }

  static async open(startMs: number): Promise<MonitorWorld> {
    return new MonitorWorld(await mkdtemp(join(tmpdir(), 'belay-monitor-')), startMs);
  }

  async close(): Promise<void> {
    await this.#ledger.close();
    await rm(this.#home, { recursive: true });
  }

  /** What the ledger has of `checkout`, from an hour before the world began to a day after it. */
  async minutes(): Promise<Minute[]> {
    const [fromMs, untilMs] = [this.#startMs - hourMs, this.#startMs + 24 * hourMs];
    const found = await this.store.listMinutes({ environment: 'prod', fromMs, untilMs });
    return found.get('checkout') ?? [];
  }

  /** Requests of these minutes. */
  async requests(): Promise<number> {
    return (await this.minutes()).reduce((all, { good, bad }) => all + good + bad, 0);
  }

  get store(): ObjectiveStore {
    return this.#ledger.objectives;
  }

  get ledger(): LedgerDatabase {
    return this.#ledger;
  }

  /** A worker that remembers, from one attempt to the next. */
  startWorker(): void {
    this.memory = createWorkerMemory()('prod');
  }

  /** One attempt of the activity, for so many minutes, unless there is news before. */
  watch(
    spec: SloMonitorSpec,
    minutes: number,
    told: WatchOrder['told'] = [],
    saidUnjudged = false,
  ): Promise<MonitorNews> {
    let open = 0;
    const read = async (atMs: number) => {
      this.asked.push(atMs);
      open += 1;
      this.mostOpen = Math.max(this.mostOpen, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      if (this.sourceFailure !== undefined) throw new Error(this.sourceFailure);
      return { atMs, counters: this.countedAt(atMs) };
    };
    const order = { spec, forMs: minutes * minuteMs, told, saidUnjudged };
    const monitor = new ObjectiveMonitor(order, {
      store: this.#watchedStore(),
      memory: this.memory ?? createWorkerMemory()('prod'),
      attemptAtMs: this.attemptAtMs ?? this.nowMs,
      pause: () => Promise.resolve(),
      ledger: this.#ledger,
      readers: {
        readPast: async (_, __, atMs) => read(atMs),
        readPresent: async () => read(this.nowMs),
        probe: () => this.answers(),
      },
      now: () => this.nowMs,
      sleep: async (ms) => {
        this.nowMs += ms;
        await this.meanwhile?.();
        await new Promise((resolve) => setImmediate(resolve));
      },
      signal: new AbortController().signal,
      onLook: () => undefined,
      warn: (message) => this.warnings.push(message),
    });
    return monitor.watch();
  }

  /** The same store, each call of which fails while it is away. */
  #watchedStore(): ObjectiveStore {
    return new Proxy(this.store, {
      get: (target, name: keyof ObjectiveStore) => {
        const call = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (this.isLedgerAway(this.nowMs)) throw new Error('the ledger is away');
          this.calls.push(name);
          const answer = await call(...args);
          if (name === 'listHours') this.hoursListed += (answer as unknown[]).length;
          return answer;
        };
      },
    });
  }
}

const prometheusSource = {
  of: 'prometheus',
  total: 'requests_total',
  part: { of: 'bad', selector: 'failures_total' },
} as const;

/** One objective over an hour, unless something else is said. */
export function monitorOf(...objectives: Partial<Objective>[]): SloMonitorSpec {
  return {
    ...{ kind: 'sloMonitor', environment: 'prod', lagMs: minuteMs },
    ...{ keepMinutesMs: 400 * 86_400_000, leastCoverage: 0.9, silentAfterMs: 15 * minuteMs },
    objectives: (objectives.length === 0 ? [{}] : objectives).map((each) =>
      objectiveOf({
        source: prometheusSource,
        window: { of: 'rolling', lengthMs: 60 * minuteMs },
        ...each,
      }),
    ),
  };
}

/** 100 requests a minute since the beginning, of which half fail in so many of these minutes. */
export function failingFrom(startMs: number, atMinute: number, untilMinute = Infinity) {
  return (atMs: number): Readonly<Record<string, Counter>> => {
    const minutes = (atMs - startMs) / minuteMs + 1e4;
    const failed = Math.min(minutes, untilMinute + 1e4) - (atMinute + 1e4);
    return { pod: { sinceMs: 1, total: minutes * 100, bad: Math.max(0, failed) * 50 } };
  };
}
