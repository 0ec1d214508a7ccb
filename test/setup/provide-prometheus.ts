import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFile } from '../../src/embedded/find-file.ts';
import { lastLine, runBriefly } from '../../src/embedded/run-briefly.ts';

/** What Debian 12 has. Another version of the same package is refused, and so is a changed file. */
const debian = {
  version: '2.42.0+ds-5+deb12u1',
  sha256: '81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55',
};
const downloadLimitMs = 120_000;

/**
 * A Prometheus server to test with: from the cache, else from the PATH, else the pinned Debian
 * package, unpacked without being installed. Undefined where none of these is to be had.
 */
export async function providePrometheus(cache: string): Promise<string | undefined> {
  const kept = join(cache, 'programs', `prometheus-${debian.version}-linux-x64`, 'prometheus');
  if ((await stat(kept).catch(() => undefined))?.isFile()) return kept;
  const onPath = await runBriefly('prometheus', ['--version'], 20_000);
  if (onPath.ok) return 'prometheus';
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  try {
    await fetchPackage(kept);
    return kept;
  } catch (error) {
    say(`no Prometheus: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function fetchPackage(kept: string): Promise<void> {
  const programs = dirname(dirname(kept));
  await mkdir(programs, { recursive: true });
  const folder = await mkdtemp(join(programs, '.fetching-'));
  try {
    say(`fetching prometheus ${debian.version}: the Debian package, with apt-get (sha256 pinned)`);
    await run('apt-get', ['download', `prometheus=${debian.version}`], folder);
    const file = (await readdir(folder)).find((name) => name.endsWith('.deb')) ?? '';
    const actual = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
    if (actual !== debian.sha256) throw new Error(`its sha256 is ${actual}: not used`);
    await run('dpkg-deb', ['--extract', file, 'package'], folder);
    const program = await findFile(join(folder, 'package/usr/bin'), 'prometheus');
    await chmod(program, 0o755);
    await run(program, ['--version'], folder);
    await mkdir(dirname(kept), { recursive: true });
    await rename(program, kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In a folder: apt-get leaves the package where it runs. */
async function run(program: string, args: string[], folder: string): Promise<void> {
  const done = await runBriefly('env', ['--chdir', folder, program, ...args], downloadLimitMs);
  if (!done.ok) throw new Error(`${program}: ${lastLine(done.stderr) || 'cannot be run'}`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
