import type { Stats } from 'node:fs';
import { access, constants, lstat, readdir, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CopiedFile } from '../../../policies/chaos/copy/plan-damage.ts';
import { describeUnknownMounts, mountsIn } from '../../../processes/mounts.ts';

/** Whoever answers for a copy puts this file into it: nothing without it is ever damaged. */
export const markerFile = '.belay-copy';
const journalPattern = /^\.belay-damage-[0-9a-f]{8}$/;
const unfinishedPattern = /^\.belay-damage-[0-9a-f]{8}\.new$/;
const mostFiles = 100_000;
const atOnce = 64;

/** The name of the file in a copy that has what a fault of this short mark has damaged. */
export function journalFile(short: string): string {
  return `.belay-damage-${short}`;
}

export interface FoundFiles {
  files: CopiedFile[];
  /** Of faults of which something is left. */
  journals: string[];
  /** Why nothing of the copy may be damaged. */
  refusals: string[];
}

/**
 * The files of a copy that hold something, by their paths in it; links are not followed. Stops once it is `over`, and
 * throws where the copy cannot be read.
 */
export async function findFiles(folder: string, over: AbortSignal): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], journals: [], refusals: await refuseMounts(folder) };
  if (found.refusals.length > 0) return found;
  const { dev } = await lstat(folder);
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const parent = next;
    const names = (await readdir(parent)).toSorted();
    for (let first = 0; first < names.length; first += atOnce) {
      over.throwIfAborted();
      const some = names.slice(first, first + atOnce).map((name) => join(parent, name));
      for (const each of await Promise.all(some.map(async (path) => lookAt(path)))) {
        const inCopy = relative(folder, each.path);
        if (each.is === 'journal') found.journals.push(inCopy);
        if (each.is === 'folder') {
          if (each.stats.dev === dev) folders.push(each.path);
          else found.refusals.push(`${each.path} is another file system`);
        }
        if (each.is === 'file') {
          found.files.push({ path: inCopy, bytes: each.stats.size });
          found.refusals.push(...refuseFile(each));
        }
      }
      if (found.files.length > mostFiles) {
        return { ...found, refusals: [`${folder} has more than ${mostFiles} files`] };
      }
    }
  }
  return found;
}

/** What is mounted in a copy is none: it may be the very data that was copied. */
export async function refuseMounts(folder: string): Promise<string[]> {
  const own = await realpath(folder);
  const mounted = await mountsIn(own);
  if (mounted === undefined) return [describeUnknownMounts(folder)];
  return mounted
    .filter((point) => point !== own)
    .map((point) => `${point} is mounted: it may be what was copied`);
}

interface Looked {
  path: string;
  is: 'journal' | 'folder' | 'file' | 'nothing';
  stats: Stats;
  isWritable: boolean;
}

async function lookAt(path: string): Promise<Looked> {
  const stats = await lstat(path);
  const is = kindOf(path.slice(path.lastIndexOf('/') + 1), stats);
  const isWritable = is === 'file' && (await isAllowed(path, constants.R_OK | constants.W_OK));
  return { path, is, stats, isWritable };
}

function kindOf(name: string, stats: Stats): Looked['is'] {
  if (stats.isDirectory()) return 'folder';
  if (!stats.isFile() || stats.size === 0) return 'nothing';
  if (journalPattern.test(name)) return 'journal';
  return name === markerFile || unfinishedPattern.test(name) ? 'nothing' : 'file';
}

/** A hard link may be the very file that was copied. */
function refuseFile({ path, stats, isWritable }: Looked): string[] {
  return [
    ...(stats.nlink > 1 ? [`${path} has another name: it may be no copy`] : []),
    ...(isWritable ? [] : [`the agent may not write to ${path}`]),
  ];
}

export async function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
