/** What the kernel says of the file system of a folder. */
export interface FileSystem {
  device: number;
  /** The number by which the kernel tells types apart. */
  type: number;
  blockSize: number;
  blocks: number;
  freeBlocks: number;
  files: number;
  freeFiles: number;
}

/** Types of which several have devices of their own, and one pool of space. */
const pooled: ReadonlyMap<number, string> = new Map([
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0xca451a4e, 'bcachefs'],
]);

const overlay = 0x794c7630;

/** Why one of this type is never filled; undefined where it may be. */
export function refuseFileSystem({ type }: Pick<FileSystem, 'type'>): string | undefined {
  const name = pooled.get(type);
  if (name === undefined) return undefined;
  return `is on ${name}, whose file systems share their space: others, / among them, may be filled with it`;
}

/**
 * Whether what one of them takes is missing in the other. An overlay, such as the root of a container, has a
 * device of its own and the space of the file system below it: both say the same numbers.
 */
export function sharesSpace(one: FileSystem, other: FileSystem): boolean {
  if (one.device === other.device) return true;
  if (one.type !== overlay && other.type !== overlay) return false;
  const isSameSize = (['blockSize', 'blocks', 'files'] as const).every(
    (key) => one[key] === other[key],
  );
  // Somebody may have written between the two questions.
  const isAbout = (some: number, others: number, of: number) =>
    Math.abs(some - others) <= 0.01 * of;
  return (
    isSameSize &&
    isAbout(one.freeBlocks, other.freeBlocks, one.blocks) &&
    isAbout(one.freeFiles, other.freeFiles, one.files)
  );
}
