import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
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

/** By these a damaged byte is told from one that somebody else has written. */
const aroundBytes = 16;

/** What the damage of this byte will be. Throws where the file is not as it was when it was found. */
export function foresee(folder: string, { path, offset, bit }: DamagedByte): Damage {
  const from = Math.max(0, offset - aroundBytes);
  const damage = withFile(join(folder, path), constants.O_RDONLY, (file) => {
    const was = Buffer.alloc(2 * aroundBytes);
    const length = readSync(file, was, 0, was.length, from);
    if (length <= offset - from) return undefined;
    const is = Buffer.from(was);
    is.writeUInt8(is.readUInt8(offset - from) ^ (1 << bit), offset - from);
    const shown = (bytes: Buffer) => bytes.subarray(0, length).toString('hex');
    return { path, inode: fstatSync(file).ino, from, was: shown(was), is: shown(is) };
  });
  if (damage === undefined) throw new Error(`${join(folder, path)} has changed meanwhile`);
  return damage;
}

export function byFile(damage: readonly Damage[]): { path: string; bytes: Damage[] }[] {
  const files = new Map<string, Damage[]>();
  for (const each of damage) files.set(each.path, [...(files.get(each.path) ?? []), each]);
  return [...files].map(([path, bytes]) => ({ path, bytes }));
}

/** How many are as `asked` says. */
export function countWhere(
  path: string,
  bytes: readonly Damage[],
  asked: (each: Damage) => string,
): number {
  const count = (file: number) =>
    bytes.filter((each) => isSame(file, each) && textAt(file, each) === asked(each)).length;
  return withFile(path, constants.O_RDONLY, count) ?? 0;
}

/** Writes the one byte that differs wherever those around it are as expected, and has all of it on disk. */
export function writeWhere(
  path: string,
  bytes: readonly Damage[],
  change: (each: Damage) => { from: string; to: string },
): void {
  withFile(path, constants.O_RDWR, (file) => {
    for (const each of bytes) {
      const { from, to } = change(each);
      if (!isSame(file, each) || textAt(file, each) !== from) continue;
      const wanted = Buffer.from(to, 'hex');
      const at = wanted.findIndex((byte, index) => byte !== Buffer.from(from, 'hex')[index]);
      writeSync(file, wanted, at, 1, each.from + at);
    }
    fsyncSync(file);
  });
}

function isSame(file: number, { inode }: Damage): boolean {
  return fstatSync(file).ino === inode;
}

function textAt(file: number, { from, was }: Damage): string {
  const bytes = Buffer.alloc(was.length / 2);
  const length = readSync(file, bytes, 0, bytes.length, from);
  return bytes.subarray(0, length).toString('hex');
}

/** Undefined where the file is gone, or is a link by now. */
function withFile<T>(path: string, flags: number, act: (file: number) => T): T | undefined {
  const file = openIfThere(path, flags | constants.O_NOFOLLOW);
  if (file === undefined) return undefined;
  try {
    return act(file);
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(code)) return undefined;
    throw error;
  }
}
