/**
 * A search for the transaction that made a database bad. Copies are replayed forward only, so an answer
 * "bad" costs a copy. Positions are moments: 0 is the beginning, 2i - 1 just before the i-th candidate,
 * and 2i just after it.
 */
export interface Search {
  candidates: number;
  /** Nothing was committed between two candidates: after one is before the next. */
  isDense: boolean;
  /** A candidate that wrote far more than the others. */
  standout?: number;
  /** The last position that is known to be good; -1: none is. */
  good: number;
  /** The first one that is known to be bad; one after the last: none is. */
  bad: number;
  /** Where the copy waits; absent: it was not started yet. */
  copyAt?: number;
  /** How many copies may be used from here on, the present one included. */
  copies: number;
}

export type NextProbe =
  /** `isFresh`: the present copy is beyond the position, and another one has to be restored. */
  | { kind: 'probe'; position: number; isFresh: boolean }
  /** Good before it, and bad after it. */
  | { kind: 'found'; candidate: number }
  /** Good after this candidate (0: at the beginning), and bad before the next: no candidate has done it. */
  | { kind: 'between'; candidate: number }
  | { kind: 'wrong-from-the-beginning' }
  | { kind: 'nothing-wrong' };

export interface Searched {
  candidates: number;
  isDense: boolean;
  standout?: number;
  /** How many probes take as long as the restore of a copy. */
  probesPerRestore: number;
  /** What is known already: positions, as in a search. */
  good?: number;
  bad?: number;
  copyAt?: number;
}

/** What states with so many of all transactions say of a search among them. */
export function positionsOf(
  commits: number,
  { good, bad }: { good?: number; bad?: number },
): Pick<Searched, 'good' | 'bad'> {
  return {
    ...(good !== undefined && { good: good < commits ? 2 * good + 1 : 2 * good }),
    ...(bad !== undefined && { bad: 2 * bad }),
  };
}

export function beginSearch({ probesPerRestore, ...of }: Searched): Search {
  const { candidates, standout } = of;
  const copies = bestCopies(candidates, Math.max(1, probesPerRestore));
  return {
    ...{ good: -1, bad: 2 * candidates + 1 },
    ...of,
    copies: copies + (standout === undefined ? 0 : 1),
  };
}

/** At most so many probes and copies, whatever the answers are. */
export function boundsOf(search: Search): { probes: number; copies: number } {
  const { candidates, copies, standout, isDense } = search;
  const forStandout = standout === undefined ? 0 : 2;
  const probes = probesNeeded(candidates, Math.max(1, copies - forStandout / 2));
  return { probes: probes + forStandout + (isDense ? 1 : 2), copies: copies + (isDense ? 1 : 2) };
}

export function nextProbe(search: Search): NextProbe {
  const { candidates, good, bad, copyAt } = search;
  if (bad === 0) return { kind: 'wrong-from-the-beginning' };
  if (bad === good + 1) {
    if (good === 2 * candidates) return { kind: 'nothing-wrong' };
    if (bad % 2 === 0) return { kind: 'found', candidate: bad / 2 };
    return { kind: 'between', candidate: good / 2 };
  }
  const position = choosePosition(search);
  return { kind: 'probe', position, isFresh: copyAt !== undefined && position <= copyAt };
}

export function learn(search: Search, position: number, isGood: boolean): Search {
  const { isDense, candidates } = search;
  const last = 2 * candidates;
  const asOneState = (even: number) => isDense && even < last;
  if (isGood) {
    const also = position % 2 === 0 && asOneState(position) ? position + 1 : position;
    return { ...search, copyAt: position, good: Math.max(search.good, also) };
  }
  const also = position % 2 === 1 && asOneState(position - 1) ? position - 1 : position;
  return {
    ...search,
    ...{ copyAt: position, bad: Math.min(search.bad, also) },
    copies: Math.max(1, search.copies - 1),
  };
}

function choosePosition({ good, bad, isDense, standout, copies }: Search): number {
  const isOpen = (position: number) => good < position && position < bad;
  if (standout !== undefined) {
    const [before, after] = [2 * standout - 1, 2 * standout];
    if (isOpen(before)) return before;
    if (isOpen(after)) return after;
  }
  // After a candidate each: the first one that may be open, and how many are.
  const first = Math.max(1, Math.floor(good / 2) + 1);
  const count = Math.ceil(bad / 2) - first;
  if (count <= 0) return bad - 1;
  if (count === 1 && !isDense && isOpen(2 * first - 1)) return 2 * first - 1;
  const probes = probesNeeded(count, copies);
  const skipped = copies === 1 ? 0 : told(probes - 1, copies - 1);
  return 2 * Math.min(first + skipped, first + count - 1);
}

/** How many positions so many probes tell apart, with so many copies that may turn bad. */
function told(probes: number, copies: number): number {
  let [sum, choose] = [0, 1];
  for (let taken = 1; taken <= Math.min(copies, probes); taken++) {
    choose = (choose * (probes - taken + 1)) / taken;
    sum += choose;
    if (sum > Number.MAX_SAFE_INTEGER / 2) return sum;
  }
  return sum;
}

function probesNeeded(positions: number, copies: number): number {
  let probes = 0;
  if (copies === 1) return positions;
  while (told(probes, copies) < positions) probes++;
  return probes;
}

/** With which number of copies the longest search takes the least time. */
function bestCopies(positions: number, probesPerRestore: number): number {
  const most = Math.max(1, Math.ceil(Math.log2(positions + 1)));
  let [best, least] = [1, Infinity];
  for (let copies = 1; copies <= most; copies++) {
    const cost = probesNeeded(positions, copies) + (copies - 1) * probesPerRestore;
    if (cost < least) [best, least] = [copies, cost];
  }
  return best;
}
