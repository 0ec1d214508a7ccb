import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join, relative } from 'node:path';
import type { CopiedFile } from '../../../policies/chaos/copy/plan-damage.ts';

/** Whoever answers for a copy puts this file into it: nothing without it is ever damaged. */
export const markerFile = '.belay-copy';
const journalPattern = /^\.belay-damage-[0-9a-f]{8}$/;
const unfinishedPattern = /^\.belay-damage-[0-9a-f]{8}\.new$/;
const mostFiles = 100_000;

/** The name of the file in a copy that has what a fault of this short mark has damaged. */
export function journalFile(short: string): string {
  return `.belay-damage-${short}`;
}

export interface FoundFiles {
  files: CopiedFile[];
  /** Of faults. */
  journals: string[];
  /** Why nothing of the copy may be damaged. */
  refusals: string[];
}

/** The files of a copy that hold something, by their paths in it; links are not followed. Throws where it cannot be read. */
export function findFiles(folder: string): FoundFiles {
  const found: FoundFiles = { files: [], journals: [], refusals: [] };
  const { dev } = lstatSync(folder);
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const name of readdirSync(next).toSorted()) {
      const path = join(next, name);
      const inCopy = relative(folder, path);
      const stats = lstatSync(path);
      if (journalPattern.test(name)) found.journals.push(inCopy);
      else if (stats.isDirectory()) {
        if (stats.dev === dev) folders.push(path);
        else found.refusals.push(`${path} is another file system`);
      } else if (
        name !== markerFile &&
        !unfinishedPattern.test(name) &&
        stats.isFile() &&
        stats.size > 0
      ) {
        found.files.push({ path: inCopy, bytes: stats.size });
        found.refusals.push(...refuseFile(path, stats));
      }
      if (found.files.length > mostFiles) {
        return { ...found, refusals: [`${folder} has more than ${mostFiles} files`] };
      }
    }
  }
  return found;
}

/** A hard link may be the very file that was copied. */
function refuseFile(path: string, { nlink }: Stats): string[] {
  return nlink > 1 ? [`${path} has another name: it may be no copy`] : [];
}
