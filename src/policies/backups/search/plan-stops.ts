import type { LookedThrough, SeenStates } from '../../../contracts/backups/search.ts';

export type SearchEnd =
  /** Good with all transactions before it, and bad with it. */
  | { kind: 'found'; ordinal: number }
  | { kind: 'wrong-from-the-beginning' }
  | { kind: 'nothing-wrong' };

/** Undefined where there is something to ask for yet. */
export function endOfSearch(commits: number, seen: SeenStates): SearchEnd | undefined {
  const { good, bad } = boundsOf(commits, seen);
  if (bad > good + 1) return undefined;
  if (good === -1) return { kind: 'wrong-from-the-beginning' };
  return bad === commits + 1 ? { kind: 'nothing-wrong' } : { kind: 'found', ordinal: bad };
}

/**
 * At which states a copy is asked on its way forward, until one of them is bad: it goes back then. Empty
 * where there is nothing to ask for, or the copy is beyond all that is open.
 */
export function planStops(looked: LookedThrough): number[] {
  const { good, bad } = boundsOf(looked.commits, looked);
  const { from } = looked;
  if (from >= bad) return [];
  const stops = chooseStops(looked).filter((stop) => stop >= from);
  const isFirstHidden = from > good + 1;
  return isFirstHidden ? [from, ...stops.filter((stop) => stop > from)] : stops;
}

function boundsOf(commits: number, { good = -1, bad = commits + 1 }: SeenStates) {
  return { good, bad };
}

function chooseStops(looked: LookedThrough): number[] {
  const { good, bad } = boundsOf(looked.commits, looked);
  const { standout, suspects = [] } = looked;
  const isOpen = (state: number) => good < state && state < bad;
  const around = (ordinal: number) => [ordinal - 1, ordinal].filter(isOpen);
  if (standout !== undefined && around(standout).length > 0) return around(standout);
  const open = suspects.filter((one) => good < one && one <= bad);
  const [only] = open;
  if (only !== undefined && open.length === 1 && around(only).length > 0) return around(only);
  if (open.length > 1) return spread(open.filter(isOpen), looked);
  return spreadOver(good + 1, bad - good - 1, looked);
}

type Costs = Pick<LookedThrough, 'askMs' | 'backMs'>;

/** As many of them as tell the rest apart soonest. */
function spread(states: readonly number[], costs: Costs): number[] {
  return spreadOver(0, states.length, costs).map((index) => states[index] ?? 0);
}

function spreadOver(first: number, count: number, costs: Costs): number[] {
  if (count <= 0) return [];
  const stops = Math.min(count, countStops(count, costs));
  return Array.from(
    { length: stops },
    (_, index) => first + Math.ceil(((index + 1) * (count + 1)) / (stops + 1)) - 1,
  );
}

/** Half of the stops are asked at on average, and as often as it takes, one part of them is left. */
function countStops(states: number, { askMs, backMs }: Costs): number {
  const most = Math.max(1, Math.ceil(Math.log2(states + 1)));
  let [best, least] = [1, Infinity];
  for (let passes = 1; passes <= most; passes++) {
    const parts = Math.max(2, Math.ceil((states + 1) ** (1 / passes)));
    const costMs = passes * (backMs + (askMs * parts) / 2);
    if (costMs < least) [best, least] = [parts - 1, costMs];
  }
  return best;
}
