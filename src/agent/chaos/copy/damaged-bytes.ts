import { constants, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { DamagedByte } from '../../../policies/chaos/copy/plan-damage.ts';

/** A byte with those around it, as they were and as they are while the fault is there; in hexadecimal. */
export interface Damage {
  path: string;
  inode: number;
  /** Where the bytes begin that were read. */
  from: number;
  was: string;
  is: string;
}

/** The damage of one file. */
interface FileDamage {
  path: string;
  inode: number;
  bytes: Damage[];
}

/** A byte that is not put right, and why. */
export interface LeftDamage {
  damage: Damage;
  why: string;
}

/** Where these have changed with it, somebody else may have written the byte, too. */
const aroundBytes = 16;
/** Whatever is in the place of a file by now is not waited for. */
const safely = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What the damage of this byte will be. Throws where the file is not as it was when it was found. */
export async function foresee(folder: string, { path, offset, bit }: DamagedByte): Promise<Damage> {
  const from = Math.max(0, offset - aroundBytes);
  const file = await openIfThere(join(folder, path), constants.O_RDONLY);
  try {
    const was = file && (await readAt(file, from, 2 * aroundBytes));
    if (file === undefined || was === undefined || was.length <= offset - from) {
      throw new Error(`${join(folder, path)} has changed meanwhile`);
    }
    const { ino: inode } = await file.stat();
    const is = Buffer.from(was);
    is.writeUInt8(is.readUInt8(offset - from) ^ (1 << bit), offset - from);
    return { path, inode, from, was: was.toString('hex'), is: is.toString('hex') };
  } finally {
    await file?.close();
  }
}

export function byFile(damage: readonly Damage[]): FileDamage[] {
  const files = new Map<string, FileDamage>();
  for (const each of damage) {
    const { path, inode } = each;
    const key = `${inode} ${path}`;
    const known = files.get(key) ?? { path, inode, bytes: [] };
    known.bytes.push(each);
    files.set(key, known);
  }
  return [...files.values()];
}

/** Damages each byte around which all is as it was, and has that on disk. */
export async function damageFile(folder: string, { bytes, ...named }: FileDamage): Promise<void> {
  await withFile(folder, named, constants.O_RDWR, async (file) => {
    for (const each of bytes) {
      if ((await around(file, each)) === each.was) await writeByte(file, each, each.is);
    }
    await file.sync();
  });
}

/** Those that have the wrong value, whatever is around them; undefined where the file is not where it was. */
export async function findWrong(
  folder: string,
  { bytes, ...named }: FileDamage,
): Promise<Damage[] | undefined> {
  return withFile(folder, named, constants.O_RDONLY, async (file) => {
    const wrong: Damage[] = [];
    for (const each of bytes) if (await isWrong(file, each)) wrong.push(each);
    return wrong;
  });
}

/**
 * Puts right what is wrong in a file, and has it on disk. Returns what is left: a byte beside which somebody has
 * written may be theirs, too, and is not written over.
 */
export async function restoreFile(folder: string, damaged: FileDamage): Promise<LeftDamage[]> {
  const leave = (bytes: readonly Damage[], why: string) =>
    bytes.map((damage) => ({ damage, why: `${damaged.path} ${why}` }));
  const notThere = 'is not where it was';
  try {
    const wrong = await findWrong(folder, damaged);
    if (wrong === undefined) return leave(damaged.bytes, notThere);
    if (wrong.length === 0) return [];
    const left = await withFile(folder, damaged, constants.O_RDWR, async (file) => {
      const between: Damage[] = [];
      for (const each of wrong) {
        if ((await around(file, each)) === each.is) await writeByte(file, each, each.was);
        else if (await isWrong(file, each)) between.push(each);
      }
      await file.sync();
      return leave(between, 'has a wrong bit beside which somebody has written');
    });
    return left ?? leave(wrong, notThere);
  } catch (error) {
    return leave(damaged.bytes, error instanceof Error ? error.message : String(error));
  }
}

async function isWrong(file: FileHandle, each: Damage): Promise<boolean> {
  const at = damagedAt(each);
  const [byte] = await readAt(file, each.from + at, 1);
  return byte === Buffer.from(each.is, 'hex')[at];
}

async function around(file: FileHandle, { from, was }: Damage): Promise<string> {
  return (await readAt(file, from, was.length / 2)).toString('hex');
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}

async function writeByte(file: FileHandle, each: Damage, to: string): Promise<void> {
  const at = damagedAt(each);
  await file.write(Buffer.from(to, 'hex'), at, 1, each.from + at);
}

/** Counted from the first of the bytes that were read. */
function damagedAt({ was, is }: Damage): number {
  const before = Buffer.from(was, 'hex');
  return Buffer.from(is, 'hex').findIndex((byte, index) => byte !== before[index]);
}

/** Undefined where another file is there, or none. */
async function withFile<T>(
  folder: string,
  { path, inode }: Pick<FileDamage, 'path' | 'inode'>,
  flags: number,
  act: (file: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  const file = await openIfThere(join(folder, path), flags);
  if (file === undefined) return undefined;
  try {
    return (await file.stat()).ino === inode ? await act(file) : undefined;
  } finally {
    await file.close();
  }
}

/** Undefined where the file is gone, or is a link by now. */
async function openIfThere(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags | safely);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(code)) return undefined;
    throw error;
  }
}
