import { hourMs, minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { Exclusion } from '../../../src/contracts/objectives/exclusion.ts';
import type { ObjectiveStore } from '../../../src/contracts/objectives/objective-store.ts';
import type { Tally } from '../../../src/contracts/objectives/tally.ts';
import { correctMinute } from '../../../src/policies/objectives/correct-minute.ts';
import {
  appliedExclusions,
  isExcluded,
} from '../../../src/policies/objectives/exclusions/judge-exclusion.ts';
import { isGoodMinute } from '../../../src/policies/objectives/judge-minute.ts';
import { exactToMs } from '../../../src/policies/objectives/spans.ts';
import type { Span } from '../../../src/policies/objectives/tally.ts';
import { tallySpan } from '../../../src/policies/objectives/tally-span.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';

interface Page {
  minutes: Map<number, Minute>;
  hours: Map<number, Tally>;
}

const dayMs = 24 * hourMs;
const longestBurnMs = 3 * dayMs;

/** The minutes of the last hours and the sums of the hours before them, of every objective of a monitor. */
export class MinuteBook {
  readonly #pages = new Map<string, Page>();
  #exclusions: readonly Exclusion[] = [];
  #oldestMs = 0;

  /** Reads what the ledger has. `beginOf`: where the window of an objective begins. */
  async load(
    store: ObjectiveStore,
    { environment, objectives }: Pick<SloMonitorSpec, 'environment' | 'objectives'>,
    { nowMs, beginOf }: { nowMs: number; beginOf: (objective: Objective) => number },
  ): Promise<void> {
    const names = objectives.map(({ name }) => name);
    const begins = objectives.map(beginOf);
    const oldestMs = floorHour(Math.min(nowMs - longestBurnMs, ...begins));
    const recentMs = floorHour(nowMs - exactToMs - hourMs);
    const filter = { environment, objectives: names };
    this.#oldestMs = oldestMs;
    await this.readExclusions(store, environment, nowMs);
    for (const name of names) this.#pages.set(name, { minutes: new Map(), hours: new Map() });
    const hours = await store.listHours({ ...filter, fromMs: oldestMs, untilMs: recentMs });
    for (const { objective, atMs, tally } of hours) this.#page(objective).hours.set(atMs, tally);
    const exact = [
      { fromMs: recentMs, untilMs: nowMs + hourMs },
      ...this.#exclusions.map(({ fromMs, untilMs }) => ({
        ...{ fromMs: floorHour(fromMs), untilMs: Math.min(floorHour(untilMs) + hourMs, recentMs) },
      })),
      // A month may begin within an hour.
      ...[...new Set(begins)].map((fromMs) => ({
        ...{ fromMs: floorHour(fromMs), untilMs: floorHour(fromMs) + hourMs },
      })),
    ];
    for (const span of exact.filter(({ fromMs, untilMs }) => fromMs < untilMs)) {
      for (const [name, minutes] of await store.listMinutes({ ...filter, ...span })) {
        for (const minute of minutes) this.#page(name).minutes.set(minute.atMs, minute);
      }
    }
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
    const { minutes } = this.#page(name);
    for (const minute of found) {
      const next = correctMinute(minutes.get(minute.atMs), minute);
      if (next !== undefined) minutes.set(next.atMs, next);
    }
  }

  tally(objective: Objective, span: Span): Tally {
    return tallySpan(this.#page(objective.name), span, {
      exclusions: appliedExclusions(objective.service, this.#exclusions),
      isGood: (minute) => isGoodMinute(objective, minute),
    });
  }

  /** The minutes of a time that ends here, one before the other; undefined where none is known. */
  newestFirst(name: string, untilMs: number, lengthMs: number): (Minute | undefined)[] {
    const { minutes } = this.#page(name);
    return Array.from({ length: Math.ceil(lengthMs / minuteMs) }, (_, index) =>
      minutes.get(untilMs - (index + 1) * minuteMs),
    );
  }

  #page(name: string): Page {
    const known = this.#pages.get(name) ?? { minutes: new Map(), hours: new Map() };
    this.#pages.set(name, known);
    return known;
  }
}

function floorHour(atMs: number): number {
  return Math.floor(atMs / hourMs) * hourMs;
}
