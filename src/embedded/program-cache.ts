import { chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { probe } from './probe.ts';
import type { Program, ProgramPlatform } from './programs.ts';

/** The path of a cached program. */
export function cachedPath(cache: string, program: Program, platform: ProgramPlatform): string {
  return join(cache, 'programs', `${program.name}-${program.version}-${platform}`, program.name);
}

export async function isCached(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/**
 * Lets `fetch` put the program into a temporary folder, checks that it runs, and moves it into the
 * cache in one step. If two processes do this at once, the second uses the program of the first.
 */
export async function installInCache(
  path: string,
  program: Program,
  fetch: (folder: string) => Promise<string>,
): Promise<void> {
  const programs = dirname(dirname(path));
  await mkdir(programs, { recursive: true });
  const folder = await mkdtemp(join(programs, '.fetching-'));
  try {
    const fetched = await fetch(folder);
    await chmod(fetched, 0o755);
    const seen = await probe(program, fetched);
    if (!seen.ok) throw new Error(seen.reason);
    await mkdir(dirname(path), { recursive: true });
    await rename(fetched, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
