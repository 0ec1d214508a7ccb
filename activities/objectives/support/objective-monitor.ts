import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import type { IndicatorReaders } from '../../../src/contracts/objectives/indicator-readers.ts';
import {
  hourMs,
  minuteMs,
  minuteOf,
  type Minute,
} from '../../../src/contracts/objectives/minute.ts';
import type { MonitorNews, WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import type { Standing } from '../../../src/contracts/objectives/standing.ts';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { attributeSpending } from '../../../src/policies/objectives/attribute-spending.ts';
import { suspectsOf } from '../../../src/policies/objectives/suspects.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import type { Objective } from '../../../src/specs/objectives/objective.ts';
import { judgeObjectives, spanOf } from './judge-objectives.ts';
import { MinuteBook } from './minute-book.ts';
import { isProbe, ProbeLoop } from './probe-loops.ts';
import { readMinutes } from './read-minutes.ts';
import { readPushed } from './read-pushed.ts';

export interface MonitorSurroundings {
  store: ObjectiveStore;
  readers: IndicatorReaders;
  ledger: Pick<Ledger, 'list'>;
  now(): number;
  /** Rejects when the attempt is cancelled. */
  sleep(ms: number): Promise<void>;
  signal: AbortSignal;
  onLook(): void;
  warn(message: string): void;
}

/** After the end of a minute, so that whoever counts has counted it. */
const afterMs = 250;
/** At once, so that the run remembers each until the next watch has written down that people were told. */
const mostTold = 100;
const weekMs = 7 * 24 * hourMs;
/** Runs are charged once they have ended, so what was spent is looked at again for so long. */
const attributedForMs = 6 * hourMs;
const attributeEveryMs = 10 * minuteMs;

/** One attempt: reads every minute, writes minutes, judges, and returns when there is something to tell. */
export class ObjectiveMonitor {
  readonly #order: WatchOrder;
  readonly #around: MonitorSurroundings;
  readonly #probes = new Map<string, ProbeLoop>();
  readonly #readings = new Map<string, KeptReading>();
  /** Minutes that the ledger does not have yet. */
  readonly #pending = new Map<string, Minute[]>();
  #book: MinuteBook | undefined;
  #violations: Violation[] = [];
  #standings: readonly Standing[] = [];
  #attributedAtMs = 0;

  constructor(order: WatchOrder, surroundings: MonitorSurroundings) {
    this.#order = order;
    this.#around = surroundings;
    for (const objective of order.spec.objectives) {
      if (!isProbe(objective.source)) continue;
      this.#probes.set(objective.name, new ProbeLoop(objective, objective.source, surroundings));
    }
  }

  async watch(): Promise<MonitorNews> {
    const { now, sleep, onLook } = this.#around;
    const endsAtMs = now() + this.#order.forMs;
    const probing = [...this.#probes.values()].map((loop) => loop.run());
    for (const each of probing) each.catch(() => undefined);
    try {
      for (;;) {
        const untold = await this.#look();
        onLook();
        if (untold.length > 0 || now() >= endsAtMs) return this.#news(untold.slice(0, mostTold));
        await sleep(Math.max(1, minuteOf(now()) + minuteMs + afterMs - now()));
      }
    } finally {
      for (const loop of this.#probes.values()) loop.stop();
    }
  }

  /** Reads, writes and judges once. Returns what people are to be told. */
  async #look(): Promise<Violation[]> {
    const { now, warn } = this.#around;
    await this.#load();
    await this.#read(now());
    if (this.#book === undefined) return [];
    try {
      await this.#readPushed(this.#book);
      await this.#write();
      return await this.#judge(this.#book);
    } catch (error) {
      warn(`Minutes are kept until the ledger answers: ${String(error)}`);
      return [];
    }
  }

  /** What the ledger has; tried again at every look until it answers. */
  async #load(): Promise<void> {
    if (this.#book !== undefined) return;
    const { store, now, warn } = this.#around;
    const { spec, told } = this.#order;
    const { environment } = spec;
    const nowMs = now();
    try {
      const book = new MinuteBook();
      const beginOf = (objective: Objective) => spanOf(objective, minuteOf(nowMs)).fromMs;
      await book.load(store, spec, { nowMs, beginOf });
      for (const [name, reading] of await store.listReadings(environment)) {
        if (!this.#readings.has(name)) this.#readings.set(name, reading);
      }
      const closed = { fromMs: nowMs - weekMs, untilMs: nowMs + hourMs };
      const known = await store.listViolations({ environment, closed });
      const wasTold = new Map(told.map(({ key, of }) => [key, of]));
      const nowTold = known.flatMap((violation) => {
        const of = wasTold.get(violationKey(violation));
        return of === undefined || of === violation.told ? [] : [{ ...violation, told: of }];
      });
      await store.writeViolations(environment, nowTold);
      this.#violations = replaced(known, nowTold);
      for (const [name, minutes] of this.#pending) book.add(name, minutes);
      this.#book = book;
    } catch (error) {
      warn(`The ledger does not answer, and is asked again in a minute: ${String(error)}`);
    }
  }

  /** What the gateway has written since: the ledger has it, and the book does not. */
  async #readPushed(book: MinuteBook): Promise<void> {
    const { store, now } = this.#around;
    const { known, silent } = await readPushed(store, this.#order.spec, now());
    for (const [name, minutes] of known) book.add(name, minutes);
    for (const [name, minute] of silent) this.#found(name, [minute]);
  }

  async #read(nowMs: number): Promise<void> {
    const { spec } = this.#order;
    const { readers } = this.#around;
    await Promise.all(
      spec.objectives.map(async (objective) => {
        const { name, source } = objective;
        if (source.of === 'pushed') return;
        const probe = this.#probes.get(name);
        if (probe !== undefined) {
          this.#found(name, probe.takeBefore(nowMs));
          return;
        }
        // Nothing is counted before it is known what was counted last.
        const before = this.#readings.get(name);
        if (before === undefined && this.#book === undefined) return;
        const { minutes, reading } = await readMinutes(spec, objective, { readers, before, nowMs });
        if (reading !== undefined) this.#readings.set(name, reading);
        this.#found(name, minutes);
      }),
    );
  }

  #found(name: string, minutes: readonly Minute[]): void {
    if (minutes.length === 0) return;
    this.#pending.set(name, [...(this.#pending.get(name) ?? []), ...minutes]);
    this.#book?.add(name, minutes);
  }

  async #write(): Promise<void> {
    const { store } = this.#around;
    const { environment, objectives } = this.#order.spec;
    const pending = new Map(this.#pending);
    const byName = new Map(objectives.map((objective) => [objective.name, objective]));
    const hours = [...pending].flatMap(([objective, minutes]) =>
      [...new Set(minutes.map(({ atMs }) => Math.floor(atMs / hourMs) * hourMs))].map((atMs) => ({
        ...{ objective, atMs },
      })),
    );
    await store.updateHours(environment, hours, (known) => {
      const objective = byName.get(known.objective);
      const found = pending.get(known.objective) ?? [];
      const own = found.filter(({ atMs }) => Math.floor(atMs / hourMs) * hourMs === known.atMs);
      return objective && updateHour(objective, known, own);
    });
    // Only once its minutes are written is a reading what the next difference is taken from.
    await store.writeReadings(environment, this.#readings);
    this.#pending.clear();
  }

  async #judge(book: MinuteBook): Promise<Violation[]> {
    const { store, now } = this.#around;
    const { spec } = this.#order;
    const { environment, lagMs } = spec;
    const untilMs = minuteOf(now() - lagMs);
    await book.readExclusions(store, environment, now());
    const open = this.#violations.filter(({ closedAtMs }) => closedAtMs === undefined);
    const { standings, changed } = judgeObjectives(spec, book, { untilMs, open });
    // An objective that is no longer measured is no longer violated.
    const measured = new Set(spec.objectives.map(({ name }) => name));
    const dropped = open
      .filter(({ objective }) => !measured.has(objective))
      .map((violation) => ({ ...violation, closedAtMs: untilMs, endedBy: 'dropped' as const }));
    const all = [...changed, ...dropped];
    await store.writeViolations(environment, all);
    this.#violations = replaced(this.#violations, all);
    this.#standings = standings;
    const { objectives, leastCoverage } = spec;
    const state = { environment, atMs: now(), standings, spec: { objectives, leastCoverage } };
    await store.writeState(state);
    await this.#attribute(book);
    return this.#violations.filter(
      ({ told, closedAtMs }) => told !== (closedAtMs === undefined ? 'opened' : 'closed'),
    );
  }

  async #attribute(book: MinuteBook): Promise<void> {
    const { store, ledger, now } = this.#around;
    const { environment, objectives, keepMinutesMs } = this.#order.spec;
    if (now() - this.#attributedAtMs < attributeEveryMs) return;
    this.#attributedAtMs = now();
    await store.pruneMinutes(environment, now() - keepMinutesMs);
    const fromMs = Math.floor((now() - attributedForMs) / hourMs) * hourMs;
    const names = objectives.map(({ name }) => name);
    const filter = { environment, objectives: names, fromMs, untilMs: now() };
    const [minutes, reports] = await Promise.all([
      store.listMinutes(filter),
      ledger.list({ environment, families: ['rollouts', 'chaos', 'recovery'], sinceMs: fromMs }),
    ]);
    const spending = objectives.flatMap(({ name, service }) => {
      // What is excluded spends no budget, so nobody is charged with it.
      const counted = minutes.get(name)?.filter(({ atMs }) => !book.isExcluded({ service }, atMs));
      return attributeSpending(name, counted ?? [], suspectsOf(service, reports));
    });
    await store.writeSpending(filter, spending);
  }

  #news(violations: Violation[]): MonitorNews {
    const count = (wanted: Standing['verdict']) =>
      this.#standings.filter(({ verdict }) => verdict === wanted).length;
    const [met, breached, insufficient] = [count('met'), count('breached'), count('insufficient')];
    return { violations, counts: { met, breached, insufficient } };
  }
}

/** With those that have changed in the place of what they were. */
function replaced(all: readonly Violation[], changed: readonly Violation[]): Violation[] {
  const byKey = new Map(all.map((violation) => [violationKey(violation), violation]));
  for (const violation of changed) byKey.set(violationKey(violation), violation);
  return [...byKey.values()];
}
