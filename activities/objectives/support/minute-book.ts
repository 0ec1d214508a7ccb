import { hourMs, hourOf, minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { Exclusion } from '../../../src/contracts/objectives/exclusion.ts';
import type {
  HourUpdate,
  ObjectiveStore,
} from '../../../src/contracts/objectives/objective-store.ts';
import { emptyTally, type Tally } from '../../../src/contracts/objectives/tally.ts';
import { correctMinute } from '../../../src/policies/objectives/correct-minute.ts';
import {
  appliedExclusions,
  isExcluded,
} from '../../../src/policies/objectives/exclusions/judge-exclusion.ts';
import { isGoodMinute } from '../../../src/policies/objectives/judge-minute.ts';
import { planReading } from '../../../src/policies/objectives/report/plan-reading.ts';
import { withoutGaps } from '../../../src/policies/objectives/report/without-gaps.ts';
import { exactToMs } from '../../../src/policies/objectives/spans.ts';
import { addTallies, type Span } from '../../../src/policies/objectives/tally.ts';
import { tallySpan, type Block } from '../../../src/policies/objectives/tally-span.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';

interface Page {
  minutes: Map<number, Minute>;
  hours: Map<number, Tally>;
  blocks: Map<number, Block>;
  /** What was measured before it was measured in another way. */
  sinceMs?: number;
  /** Its last minute with data, or else its first one, where that is older than what is loaded. */
  knownMs?: number;
}

const dayMs = 24 * hourMs;
const longestBurnMs = 3 * dayMs;
/** How far back the last data is looked for: twice as long as a silence may be. */
const longestSilenceMs = 14 * dayMs;
/** A book is loaded again before its windows have moved by so much. */
const movesByMs = 8 * hourMs;

interface Loading {
  nowMs: number;
  /** Where the window of an objective begins. */
  beginOf: (objective: Objective) => number;
  /** After how long without data an objective is silent. */
  silentAfterOf: (objective: Objective) => number;
  /** Called between the questions to the ledger. */
  onStep(): void;
}

/**
 * What the windows of all objectives of a monitor are added up from: minutes of the last hours, hours of
 * three days and of the beginning of a window, and one sum of what lies in between.
 */
export class MinuteBook {
  readonly #pages = new Map<string, Page>();
  readonly #loadedAtMs: number;
  #exclusions: readonly Exclusion[] = [];
  #oldestMs = 0;
  /** Of what follows every minute is known. */
  #recentMs = 0;

  constructor(loadedAtMs: number) {
    this.#loadedAtMs = loadedAtMs;
  }

  isOutdated(nowMs: number): boolean {
    return nowMs - this.#loadedAtMs >= movesByMs / 2;
  }

  /** Reads what the ledger has. */
  async load(
    store: ObjectiveStore,
    { environment, objectives }: Pick<SloMonitorSpec, 'environment' | 'objectives'>,
    { nowMs, beginOf, silentAfterOf, onStep }: Loading,
  ): Promise<void> {
    const names = objectives.map(({ name }) => name);
    const begins = new Map<number, string[]>();
    for (const objective of objectives) {
      const beginMs = beginOf(objective);
      begins.set(beginMs, [...(begins.get(beginMs) ?? []), objective.name]);
    }
    const burnsMs = hourOf(nowMs - longestBurnMs);
    const oldestMs = hourOf(Math.min(burnsMs, ...begins.keys()));
    const recentMs = hourOf(nowMs - exactToMs - hourMs);
    [this.#oldestMs, this.#recentMs] = [oldestMs, recentMs];
    await this.readExclusions(store, environment, nowMs);
    for (const name of names) this.#page(name);
    const addHours = async (objectives: readonly string[], span: Span) => {
      if (span.fromMs >= span.untilMs) return;
      const hours = await store.listHours({ environment, objectives, ...span });
      for (const { objective, atMs, tally } of hours) this.#page(objective).hours.set(atMs, tally);
      onStep();
    };
    const addMinutes = async (objectives: readonly string[], span: Span) => {
      if (span.fromMs >= span.untilMs) return;
      const found = await store.listMinutes({ environment, objectives, ...span });
      for (const [name, minutes] of found) {
        for (const minute of minutes) this.#page(name).minutes.set(minute.atMs, minute);
      }
      onStep();
    };
    await addHours(names, { fromMs: burnsMs, untilMs: nowMs + hourMs });
    await addMinutes(names, { fromMs: recentMs, untilMs: nowMs + hourMs });
    for (const { fromMs, untilMs } of this.#exclusions) {
      const endMs = Math.min(hourOf(untilMs) + hourMs, recentMs);
      await addMinutes(names, { fromMs: hourOf(fromMs), untilMs: endMs });
    }
    const patient = objectives.filter((each) => silentAfterOf(each) > exactToMs);
    const silent = patient.map(({ name }) => name).filter((name) => !this.#hasRecentData(name));
    const extents =
      silent.length === 0
        ? []
        : await store.listExtents({
            ...{ environment, objectives: silent },
            ...{ fromMs: hourOf(nowMs - longestSilenceMs), untilMs: recentMs },
          });
    for (const [name, { firstMs, dataMs = firstMs }] of extents) {
      await addMinutes([name], { fromMs: dataMs, untilMs: dataMs + hourMs });
      const page = this.#page(name);
      page.knownMs = Math.min(...page.minutes.keys());
    }
    for (const [beginMs, some] of begins) {
      const firstMs = hourOf(beginMs);
      // A month may begin within an hour.
      const endMs = Math.min(firstMs + hourMs, recentMs);
      if (beginMs > firstMs) await addMinutes(some, { fromMs: firstMs, untilMs: endMs });
      const fixedMs = firstMs + movesByMs;
      await addHours(some, { fromMs: firstMs, untilMs: Math.min(fixedMs, burnsMs) });
      for (const span of planReading({ fromMs: fixedMs, untilMs: burnsMs }, this.#exclusions)
        .hours) {
        const sums = await store.sumHours({ environment, objectives: some, ...span });
        for (const name of some) {
          const tally = withoutGaps(sums.get(name), span.untilMs - span.fromMs);
          this.#page(name).blocks.set(span.fromMs, { untilMs: span.untilMs, tally });
        }
        onStep();
      }
    }
  }

  /** Nothing that was counted before counts: it was measured in another way. */
  beginAt(name: string, sinceMs: number | undefined): void {
    if (sinceMs !== undefined) this.#page(name).sinceMs = sinceMs;
  }

  /** Again at each look: maintenance may be approved a minute before it begins. */
  async readExclusions(
    store: Pick<ObjectiveStore, 'listExclusions'>,
    environment: string,
    nowMs: number,
  ): Promise<void> {
    this.#exclusions = await store.listExclusions({
      ...{ environment, fromMs: this.#oldestMs, untilMs: nowMs + dayMs },
    });
  }

  isExcluded({ service }: Pick<Objective, 'service'>, atMs: number): boolean {
    return isExcluded(appliedExclusions(service, this.#exclusions), atMs);
  }

  add(name: string, found: readonly Minute[]): void {
    const { minutes, hours } = this.#page(name);
    for (const minute of found) {
      const next = correctMinute(minutes.get(minute.atMs), minute);
      if (next === undefined) continue;
      minutes.set(next.atMs, next);
      const hourAtMs = hourOf(next.atMs);
      if (hourAtMs >= this.#recentMs) hours.delete(hourAtMs);
    }
  }

  /** As the ledger has it now. */
  replaceHour(name: string, atMs: number, { minutes, tally }: HourUpdate): void {
    const page = this.#page(name);
    page.hours.set(atMs, tally);
    for (const minute of minutes) page.minutes.set(minute.atMs, minute);
  }

  tally(objective: Objective, span: Span): Tally {
    const page = this.#page(objective.name);
    const fromMs = Math.min(span.untilMs, Math.max(span.fromMs, page.sinceMs ?? span.fromMs));
    const tally = tallySpan(
      page,
      { fromMs, untilMs: span.untilMs },
      {
        exclusions: appliedExclusions(objective.service, this.#exclusions),
        isGood: (minute) => isGoodMinute(objective, minute),
      },
    );
    const beforeMs = fromMs - span.fromMs;
    if (beforeMs === 0) return tally;
    return addTallies([{ ...emptyTally, noDataMs: beforeMs, unknownMs: beforeMs }, tally]);
  }

  /** The minutes of a time that ends here, one before the other; undefined where none is known. */
  newestFirst(name: string, untilMs: number, lengthMs: number): (Minute | undefined)[] {
    const { minutes } = this.#page(name);
    return Array.from({ length: Math.ceil(lengthMs / minuteMs) }, (_, index) =>
      minutes.get(untilMs - (index + 1) * minuteMs),
    );
  }

  /**
   * The same without maintenance, in which silence is expected. It goes back further by that, at most twice
   * as far.
   */
  newestUnexcluded(
    { name, service }: Objective,
    untilMs: number,
    lengthMs: number,
  ): (Minute | undefined)[] {
    const excluded = appliedExclusions(service, this.#exclusions);
    if (excluded.length === 0) return this.newestFirst(name, untilMs, lengthMs);
    return this.newestFirst(name, untilMs, 2 * lengthMs)
      .filter((_, index) => !isExcluded(excluded, untilMs - (index + 1) * minuteMs))
      .slice(0, Math.ceil(lengthMs / minuteMs));
  }

  /** Whether there is data of before a moment, or at least something was written then. */
  isKnownBefore(name: string, atMs: number): boolean {
    const { knownMs = Infinity } = this.#page(name);
    return knownMs < atMs;
  }

  #hasRecentData(name: string): boolean {
    return [...this.#page(name).minutes.values()].some(
      ({ atMs, quality }) => atMs >= this.#recentMs && quality !== 'none',
    );
  }

  #page(name: string): Page {
    const known = this.#pages.get(name) ?? {
      ...{ minutes: new Map(), hours: new Map(), blocks: new Map() },
    };
    this.#pages.set(name, known);
    return known;
  }
}
