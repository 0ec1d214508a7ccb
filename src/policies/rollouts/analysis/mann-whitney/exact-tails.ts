/** What was seen, and what it could have been. */
export interface Setting {
  u: number;
  sizes: Sizes;
  /** How often each value occurs in both together, the lowest first. */
  ties: number[];
}

export interface Sizes {
  sample: number;
  reference: number;
}

export interface Tails {
  greater: number;
  less: number;
}

/**
 * Of all ways to deal the same values out to both, the shares in which U is at least, and at
 * most, what was seen: counted value by value, as Streitberg and Roehmel (1986) count with ties.
 */
export function exactTails({ u, sizes, ties }: Setting): Tails {
  const { sample, reference } = sizes;
  if (sample > reference) {
    const mirrored = { sample: reference, reference: sample };
    const tails = exactTails({ u: sample * reference - u, sizes: mirrored, ties });
    return { greater: tails.less, less: tails.greater };
  }
  const ways = waysByTwiceU(sample, reference, ties);
  const sum = (from: number, to: number) => ways.slice(from, to).reduce((all, way) => all + way, 0);
  const all = sum(0, ways.length);
  return { greater: sum(2 * u, ways.length) / all, less: sum(0, 2 * u + 1) / all };
}

/** In how many ways each U comes about; by twice U, since alike counts half. */
function waysByTwiceU(sample: number, reference: number, ties: number[]): number[] {
  const ways: number[][] = Array.from({ length: sample + 1 }, () => []);
  ways[0] = [1];
  let seen = 0;
  for (const size of ties) {
    // Downwards, so that what this value adds is not taken for what was there before it.
    for (let had = Math.min(sample, seen); had >= Math.max(0, seen - reference); had--) {
      const below = seen - had;
      const least = Math.max(1, size - (reference - below));
      for (let taken = least; taken <= Math.min(size, sample - had); taken++) {
        const risesBy = taken * (2 * below + size - taken);
        addWays(ways[had], ways[had + taken], { risesBy, times: combinations(size, taken) });
      }
    }
    seen += size;
  }
  return ways[sample] ?? [];
}

function addWays(
  from: number[] = [],
  to: number[] = [],
  { risesBy, times }: { risesBy: number; times: number },
): void {
  while (to.length < from.length + risesBy) to.push(0);
  for (let twiceU = 0; twiceU < from.length; twiceU++) {
    to[twiceU + risesBy] = (to[twiceU + risesBy] ?? 0) + times * (from[twiceU] ?? 0);
  }
}

/** Ways to choose so many of them. */
export function combinations(of: number, chosen: number): number {
  let ways = 1;
  for (let nth = 1; nth <= chosen; nth++) ways = (ways * (of - chosen + nth)) / nth;
  return ways;
}
