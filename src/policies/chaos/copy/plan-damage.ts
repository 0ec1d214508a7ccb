/** A file of a copy that may be damaged. */
export interface CopiedFile {
  path: string;
  bytes: number;
}

/** One byte of which one bit is to be wrong. */
export interface DamagedByte {
  path: string;
  offset: number;
  bit: number;
}

/** What storage reads and writes at once, and a checksum usually covers. */
const blockBytes = 4_096;
/** As many as are written down before anything is damaged. */
export const mostDamaged = 10_000;

export function blocksIn(files: readonly CopiedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + blocksOf(bytes), 0);
}

/** How many blocks a share of them is: one at least. */
export function damagedOf(blocks: number, share: number): number {
  return Math.max(1, Math.round(blocks * share));
}

/** One bit in each of so many blocks, all of them chosen at random. `random`: from 0 to 1, without 1. */
export function planDamage(
  files: readonly CopiedFile[],
  share: number,
  random: () => number,
): DamagedByte[] {
  const blocks = blocksIn(files);
  const chosen = chooseSome(blocks, Math.min(blocks, damagedOf(blocks, share)), random);
  let [before, next] = [0, 0];
  return files.flatMap(({ path, bytes }) => {
    const own: DamagedByte[] = [];
    const after = before + blocksOf(bytes);
    for (; next < chosen.length && (chosen[next] ?? after) < after; next += 1) {
      const from = ((chosen[next] ?? before) - before) * blockBytes;
      const offset = from + Math.floor(random() * Math.min(blockBytes, bytes - from));
      own.push({ path, offset, bit: Math.floor(random() * 8) });
    }
    before = after;
    return own;
  });
}

/** Different ones, in their order: the first of a shuffled deck of which only the drawn cards are known. */
function chooseSome(of: number, count: number, random: () => number): number[] {
  const moved = new Map<number, number>();
  const at = (place: number) => moved.get(place) ?? place;
  const drawn = Array.from({ length: count }, (_, place) => {
    const other = place + Math.floor(random() * (of - place));
    const card = at(other);
    moved.set(other, at(place));
    return card;
  });
  return drawn.toSorted((one, another) => one - another);
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / blockBytes);
}
