import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import type { KeptReading } from '../../../src/contracts/objectives/counter-reading.ts';
import type { IndicatorReaders } from '../../../src/contracts/objectives/indicator-readers.ts';
import {
  hourOf,
  minuteMs,
  minuteOf,
  type Minute,
} from '../../../src/contracts/objectives/minute.ts';
import type { MonitorNews, WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import type { Standing } from '../../../src/contracts/objectives/standing.ts';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { replaced } from '../../../src/policies/objectives/plan-violations.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import type { Objective } from '../../../src/specs/objectives/objective.ts';
import { attributeRuns } from './attribute-runs.ts';
import { composeLately } from './compose-lately.ts';
import { judgeObjectives } from './judge-objectives.ts';
import { loadKnown } from './load-known.ts';
import type { MinuteBook } from './minute-book.ts';
import { isProbe, ProbeLoop, type ProbeCounts } from './probe-loops.ts';
import { countedBy, readDue, readPlatform, type ReadMinutes } from './read-due.ts';
import { readPushed } from './read-pushed.ts';
import type { WorkerMemory } from './worker-memory.ts';

export interface MonitorSurroundings {
  store: ObjectiveStore;
  readers: IndicatorReaders;
  ledger: Pick<Ledger, 'list'>;
  memory: WorkerMemory;
  /** When this attempt was scheduled: of two, the later one measures. */
  attemptAtMs: number;
  now(): number;
  /** Rejects when the attempt is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Lets others have their turn. */
  pause(): Promise<void>;
  signal: AbortSignal;
  onLook(): void;
  warn(message: string): void;
}

/** After the end of a minute, so that whoever counts has counted it. */
const afterMs = 250;
/** At once; the run remembers more of them until the next watch has written down that people were told. */
const mostTold = 1_000;
/** What wakes nobody waits so long for more of it. */
const gatherMs = 10 * minuteMs;
/** People are told that nothing is judged after so long. */
const unjudgedForMs = 10 * minuteMs;
const attributeEveryMs = 10 * minuteMs;
/** Minutes of one objective that are kept while the ledger is away: what it missed of six hours. */
const mostPending = 360;
/** Of a backlog, so many moments are read before they are written. */
const momentsAtOnce = 10;

/** Another attempt was scheduled later, and measures now. */
class Superseded extends Error {}

/** One attempt: reads every minute, writes minutes, judges, and returns when there is something to tell. */
export class ObjectiveMonitor {
  readonly #order: WatchOrder;
  readonly #around: MonitorSurroundings;
  readonly #probes = new Map<string, ProbeLoop>();
  readonly #readings: Map<string, KeptReading>;
  /** What the ledger has of the readings. */
  readonly #written = new Map<string, KeptReading>();
  /** Minutes that the ledger does not have yet. */
  readonly #pending: Map<string, Minute[]>;
  #book: MinuteBook | undefined;
  /** How often people had recorded or withdrawn something when the book was read. */
  #downtimes = 0;
  #violations: Violation[] = [];
  #standings: readonly Standing[] | undefined;
  #attributedAtMs = 0;
  #unjudged: MonitorNews['unjudged'];

  constructor(order: WatchOrder, surroundings: MonitorSurroundings) {
    this.#order = order;
    this.#around = surroundings;
    const { pending, readings, probes } = surroundings.memory;
    [this.#pending, this.#readings] = [pending, readings];
    for (const objective of order.spec.objectives) {
      if (!isProbe(objective)) continue;
      const counts: ProbeCounts =
        probes.get(objective.name) ?? new Map<number, { good: number; bad: number }>();
      probes.set(objective.name, counts);
      this.#probes.set(objective.name, new ProbeLoop(objective, surroundings, counts));
    }
  }

  async watch(): Promise<MonitorNews> {
    const { now, sleep, onLook } = this.#around;
    const beganAtMs = now();
    const endsAtMs = beganAtMs + this.#order.forMs;
    const probing = [...this.#probes.values()].map((loop) => loop.run());
    for (const each of probing) each.catch(() => undefined);
    try {
      for (;;) {
        const untold = await this.#look();
        onLook();
        const isOver = now() >= endsAtMs;
        const isTime = isOver || untold.some(isUrgent) || now() - beganAtMs >= gatherMs;
        if (untold.length > 0 && isTime) return this.#news(untold.slice(0, mostTold));
        if (isOver || this.#hasOtherNews()) return this.#news([]);
        await sleep(Math.max(1, minuteOf(now()) + minuteMs + afterMs - now()));
      }
    } finally {
      for (const loop of this.#probes.values()) loop.stop();
    }
  }

  /** Whether people are to be told that nothing is judged, or that all is judged again. */
  #hasOtherNews(): boolean {
    if (this.#order.saidUnjudged === true) return this.#unjudged === undefined;
    const { sinceMs = Infinity } = this.#unjudged ?? {};
    return this.#around.now() - sinceMs >= unjudgedForMs;
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
      const untold = await this.#judge(this.#book);
      this.#unjudged = undefined;
      return untold;
    } catch (error) {
      if (error instanceof Superseded) throw error;
      warn(`Minutes are kept until the ledger answers: ${String(error)}`);
      this.#noteUnjudged(error);
      return [];
    }
  }

  #noteUnjudged(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#unjudged ??= { sinceMs: this.#around.now(), why: why.slice(0, 300) };
  }

  /** What the ledger has; tried again at every look until it answers. Throws where another attempt measures. */
  async #load(): Promise<void> {
    const { store, now, onLook, warn } = this.#around;
    const { environment, lagMs } = this.#order.spec;
    try {
      await this.#claim();
      // What a person records may lie in hours that the book knows as sums.
      const recorded = await store.listDowntimes({ environment, fromMs: 0, untilMs: now() });
      const said = recorded.length + recorded.filter(({ withdrawn }) => withdrawn).length;
      const isKnown = said === this.#downtimes;
      if (isKnown && this.#book?.isOutdated(now() - lagMs) === false) return;
      const kept = { readings: this.#readings, written: this.#written };
      const { book, violations } = await loadKnown(this.#order, kept, {
        store,
        onLook,
        nowMs: now(),
      });
      for (const [name, minutes] of this.#pending) book.add(name, minutes);
      [this.#book, this.#violations] = [book, violations];
      this.#downtimes = said;
    } catch (error) {
      if (error instanceof Superseded) throw error;
      warn(`The ledger does not answer, and is asked again in a minute: ${String(error)}`);
      this.#noteUnjudged(error);
    }
  }

  /** What the gateway has written since: the ledger has it, and the book does not. */
  async #readPushed(book: MinuteBook): Promise<void> {
    const { store, now } = this.#around;
    const around = { nowMs: now(), readings: this.#readings };
    const { known, found } = await readPushed(store, this.#order.spec, around);
    for (const [name, minutes] of known) book.add(name, minutes);
    this.#found(found);
  }

  /** Throws where another attempt was scheduled later. */
  async #claim(): Promise<void> {
    const { store, attemptAtMs } = this.#around;
    const { environment } = this.#order.spec;
    if (await store.claimMonitor(environment, attemptAtMs)) return;
    throw new Superseded(`another attempt measures the objectives of ${environment} now`);
  }

  async #read(nowMs: number): Promise<void> {
    const { spec } = this.#order;
    const { readers, signal, onLook } = this.#around;
    const readings: ReadonlyMap<string, KeptReading> = this.#readings;
    const around = { readers, readings, nowMs };
    const asked: Objective[] = [];
    const present: Promise<ReadMinutes[]>[] = [];
    for (const objective of spec.objectives) {
      const { name } = objective;
      const probe = this.#probes.get(name);
      if (probe !== undefined) {
        this.#found([countedBy(objective, probe.takeBefore(nowMs), this.#readings.get(name))]);
        // Nothing is counted before it is known what was counted last.
      } else if (this.#readings.has(name) || this.#book !== undefined) {
        const { of } = objective.source;
        if (of === 'platform') present.push(readPlatform(spec, objective, around));
        else if (of === 'prometheus') asked.push(objective);
      }
    }
    this.#found((await Promise.all(present)).flat());
    let moments = 0;
    for await (const found of readDue(spec, asked, around)) {
      this.#found(found);
      signal.throwIfAborted();
      onLook();
      moments += 1;
      if (moments % momentsAtOnce === 0) await this.#tryToWrite();
    }
  }

  #found(all: readonly ReadMinutes[]): void {
    for (const { name, minutes, reading } of all) {
      if (reading !== undefined) this.#readings.set(name, reading);
      this.#book?.beginAt(name, this.#readings.get(name)?.changedAtMs);
      if (minutes.length === 0) continue;
      const pending = [...(this.#pending.get(name) ?? []), ...minutes];
      this.#pending.set(name, pending.slice(-mostPending));
      this.#book?.add(name, minutes);
    }
  }

  async #tryToWrite(): Promise<void> {
    try {
      if (this.#book !== undefined) await this.#write();
    } catch (error) {
      if (error instanceof Superseded) throw error;
      this.#noteUnjudged(error);
    }
  }

  async #write(): Promise<void> {
    const { store, onLook } = this.#around;
    const { environment, objectives } = this.#order.spec;
    await this.#claim();
    const pending = new Map(this.#pending);
    const byName = new Map(objectives.map((objective) => [objective.name, objective]));
    const hours = [...pending].flatMap(([objective, minutes]) =>
      [...new Set(minutes.map(({ atMs }) => hourOf(atMs)))].map((atMs) => ({
        ...{ objective, atMs },
      })),
    );
    await store.updateHours(environment, hours, (known) => {
      const objective = byName.get(known.objective);
      if (objective === undefined) return undefined;
      const found = pending.get(known.objective) ?? [];
      const own = found.filter(({ atMs }) => hourOf(atMs) === known.atMs);
      const updated = updateHour(objective, known, own);
      this.#book?.replaceHour(known.objective, known.atMs, updated);
      return updated;
    });
    onLook();
    const composed = await composeLately(store, this.#order.spec, {
      ...{ nowMs: this.#around.now(), hours: hours.map(({ atMs }) => atMs) },
      readings: this.#readings,
      onWritten: (name, atMs, update) => this.#book?.replaceHour(name, atMs, update),
    });
    this.#found(composed);
    // Only once its minutes are written is a reading what the next difference is taken from.
    const changed = [...this.#readings].filter(
      ([name, reading]) => byName.has(name) && this.#written.get(name) !== reading,
    );
    await store.writeReadings(environment, new Map(changed));
    for (const [name, reading] of changed) this.#written.set(name, reading);
    this.#pending.clear();
    onLook();
  }

  async #judge(book: MinuteBook): Promise<Violation[]> {
    const { store, ledger, now, pause } = this.#around;
    const { spec } = this.#order;
    const { environment, lagMs } = spec;
    const untilMs = minuteOf(now() - lagMs);
    await book.readExclusions(store, environment, now());
    const open = this.#violations.filter(({ closedAtMs }) => closedAtMs === undefined);
    const { standings, changed } = await judgeObjectives(spec, book, { untilMs, open, pause });
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
    await this.#claim();
    if (now() - this.#attributedAtMs >= attributeEveryMs) {
      this.#attributedAtMs = now();
      await attributeRuns(spec, book, { store, ledger, nowMs: now() });
    }
    return this.#violations.filter(
      ({ told, closedAtMs }) => told !== (closedAtMs === undefined ? 'opened' : 'closed'),
    );
  }

  #news(violations: Violation[]): MonitorNews {
    const standings = this.#standings;
    const unjudged = this.#hasOtherNews() || this.#order.saidUnjudged ? this.#unjudged : undefined;
    const count = (wanted: Standing['verdict']) =>
      (standings ?? []).filter(({ verdict }) => verdict === wanted).length;
    const [met, breached, insufficient] = [count('met'), count('breached'), count('insufficient')];
    return {
      violations,
      ...(standings !== undefined && { counts: { met, breached, insufficient } }),
      ...(unjudged !== undefined && { unjudged }),
    };
  }
}

/** Somebody is woken by it. */
function isUrgent({ kind, closedAtMs }: Violation): boolean {
  return closedAtMs === undefined && (kind === 'breach' || kind === 'burn-page');
}
