import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFile } from '../../src/embedded/find-file.ts';
import { lastLine, runBriefly } from '../../src/embedded/run-briefly.ts';

/** A package of Debian 12, and the programs that are taken from it. A changed file is refused. */
export interface DebianPackage {
  name: string;
  version: string;
  sha256: string;
  /** The first is what stands for all: it is looked for on the PATH, too. */
  programs: [string, ...string[]];
  /** What else the programs need beside them, once the package is unpacked. */
  complete?: (unpacked: string, taken: string) => Promise<void>;
}

const downloadLimitMs = 120_000;

/**
 * The folder that holds a package's programs: in the cache, else fetched with apt-get and unpacked
 * without being installed. Empty where the PATH has them; undefined where they are not to be had.
 */
export async function provideDebianPackage(
  wanted: DebianPackage,
  cache: string,
): Promise<string | undefined> {
  const [first] = wanted.programs;
  const kept = join(cache, 'programs', `${wanted.name}-${wanted.version}-linux-x64`);
  if ((await stat(join(kept, first)).catch(() => undefined))?.isFile()) return kept;
  if ((await runBriefly(first, ['--version'], 20_000)).ok) return '';
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    await fetchPackage(wanted, kept);
    return kept;
  } catch (error) {
    log(`no ${wanted.name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function fetchPackage(wanted: DebianPackage, kept: string): Promise<void> {
  const { name, version, sha256, programs, complete } = wanted;
  await mkdir(dirname(kept), { recursive: true });
  const folder = await mkdtemp(join(dirname(kept), '.fetching-'));
  try {
    log(`fetching ${name} ${version}: the Debian package, with apt-get (sha256 pinned)`);
    await run('apt-get', ['download', `${name}=${version}`], folder);
    const file = (await readdir(folder)).find((one) => one.endsWith('.deb')) ?? '';
    const actual = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
    if (actual !== sha256) throw new Error(`its sha256 is ${actual}, so it was not used`);
    await run('dpkg-deb', ['--extract', file, 'package'], folder);
    const taken = join(folder, 'taken');
    await mkdir(taken);
    for (const program of programs) {
      const found = await findFile(join(folder, 'package/usr/bin'), program);
      await chmod(found, 0o755);
      await run(found, ['--version'], folder);
      await rename(found, join(taken, program));
    }
    await complete?.(join(folder, 'package'), taken);
    await rename(taken, kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a folder: apt-get leaves the package where it runs. */
async function run(program: string, args: string[], folder: string): Promise<void> {
  const done = await runBriefly('env', ['--chdir', folder, program, ...args], downloadLimitMs);
  if (!done.ok) throw new Error(`${program}: ${lastLine(done.stderr) || 'cannot be run'}`);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
