import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileCount {
  bytes: number;
  files: number;
  /** Folders that could not be listed, at most a few of them. */
  unreadable: string[];
  /** False where the time was over before all were counted. */
  isComplete: boolean;
}

const mostNamed = 5;

/** What is below these paths, as far as there is time. */
export async function countFiles(
  paths: readonly string[],
  withinMs: number,
  cancelled: AbortSignal,
): Promise<FileCount> {
  const count: FileCount = { bytes: 0, files: 0, unreadable: [], isComplete: true };
  const deadlineMs = performance.now() + withinMs;
  const left = [...paths];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (performance.now() > deadlineMs || cancelled.aborted) return { ...count, isComplete: false };
    // What is removed meanwhile does not count.
    const found = await lstat(path).catch(() => undefined);
    if (found?.isFile()) {
      count.bytes += found.size;
      count.files += 1;
    }
    if (!found?.isDirectory()) continue;
    try {
      for await (const { name } of await opendir(path)) left.push(join(path, name));
    } catch {
      if (count.unreadable.length < mostNamed) count.unreadable.push(path);
    }
  }
  return count;
}
