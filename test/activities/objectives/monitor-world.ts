import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectiveMonitor } from '../../../activities/objectives/support/objective-monitor.ts';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import type { Counter } from '../../../src/contracts/objectives/counter-reading.ts';
import { minuteMs } from '../../../src/contracts/objectives/minute.ts';
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
  /** While it is set, sources fail with it. */
  sourceFailure: string | undefined;
  isLedgerAway: (nowMs: number) => boolean = () => false;
  /** What had been counted at a moment; absent: 100 good requests a minute. */
  countedAt: (atMs: number) => Readonly<Record<string, Counter>>;
  readonly #home: string;
  readonly #ledger: LedgerDatabase;

  private constructor(home: string, startMs: number) {
    this.#home = home;
    this.#ledger = ledgerAt(home);
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

  get store(): ObjectiveStore {
    return this.#ledger.objectives;
  }

  get ledger(): LedgerDatabase {
    return this.#ledger;
  }

  /** One attempt of the activity, for so many minutes, unless there is news before. */
  watch(
    spec: SloMonitorSpec,
    minutes: number,
    told: WatchOrder['told'] = [],
  ): Promise<MonitorNews> {
    const read = (atMs: number) => {
      this.asked.push(atMs);
      if (this.sourceFailure !== undefined) throw new Error(this.sourceFailure);
      return Promise.resolve({ atMs, counters: this.countedAt(atMs) });
    };
    const order = { spec, forMs: minutes * minuteMs, told };
    const monitor = new ObjectiveMonitor(order, {
      store: awayWhile(this.store, () => this.isLedgerAway(this.nowMs)),
      ledger: this.#ledger,
      readers: {
        readPast: async (_, __, atMs) => read(atMs),
        readPresent: async () => read(this.nowMs),
        probe: () => Promise.resolve(true),
      },
      now: () => this.nowMs,
      sleep: async (ms) => {
        this.nowMs += ms;
        await new Promise((resolve) => setImmediate(resolve));
      },
      signal: new AbortController().signal,
      onLook: () => undefined,
      warn: (message) => this.warnings.push(message),
    });
    return monitor.watch();
  }
}

/** The same store, each call of which fails while it is away. */
function awayWhile(store: ObjectiveStore, isAway: () => boolean): ObjectiveStore {
  return new Proxy(store, {
    get: (target, name: keyof ObjectiveStore) => {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (isAway()) throw new Error('the ledger is away');
        return call(...args);
      };
    },
  });
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
