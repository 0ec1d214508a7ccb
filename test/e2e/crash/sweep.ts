import { differences, type EndState } from './end-state.ts';
import type { Scenario } from './scenarios.ts';
import type { Row } from './table.ts';
import { play, type Bench, type Strike } from './trial.ts';

/** A scenario as it goes when nobody strikes. */
export interface Undisturbed {
  scenario: Scenario;
  places: string[];
  end: EndState;
  seconds: number;
}

export async function playUndisturbed(bench: Bench, scenario: Scenario): Promise<Undisturbed> {
  const startedMs = performance.now();
  const { passed, end } = await play(bench, scenario, `${scenario.name}-undisturbed`);
  return { scenario, places: passed, end, seconds: secondsSince(startedMs) };
}

/** Plays the scenario again, struck, and holds its end against the undisturbed one. */
export async function strikeOnce(
  bench: Bench,
  { scenario, end: expected }: Undisturbed,
  strike: Strike,
  name: string,
): Promise<Row> {
  const startedMs = performance.now();
  const row = { ...strike, scenario: scenario.name };
  try {
    const { reached, end } = await play(bench, scenario, name, strike);
    const found = differences(expected, end);
    return {
      ...row,
      reached,
      outcome: end.outcome,
      differences:
        reached || isChance(strike.place) ? found : ['its worker never got there', ...found],
      seconds: secondsSince(startedMs),
    };
  } catch (error) {
    return {
      ...row,
      reached: false,
      outcome: 'none',
      differences: [String(error)],
      seconds: secondsSince(startedMs),
    };
  }
}

/** A task that has nothing to do is there when an answer that nobody waits for comes by itself, and not beside another. */
function isChance(place: string): boolean {
  return place.startsWith('workflow-task(nothing)');
}

/** So many at a time, in order. */
export async function sideBySide<T>(
  lanes: number,
  items: T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await work(next[1], next[0]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Evenly spaced, first and last among them. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  const step = (items.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)]!);
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
