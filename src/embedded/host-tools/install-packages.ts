import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { runBriefly } from '../run-briefly.ts';

const run = promisify(execFile);
const installLimitMs = 15 * 60_000;
/** Read by the packages of PostgreSQL when they are installed: a host need not have a server of its own. */
const clusterSettings = '/etc/postgresql-common/createcluster.d/belay-no-cluster.conf';

/** Why packages cannot be installed here; undefined where they can. */
export async function packageObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'packages are installed on Linux only';
  const found = await runBriefly('apt-get', ['--version'], 20_000);
  if (!found.ok) return 'there is no apt-get: use the package manager of this system';
  return process.getuid?.() === 0 ? undefined : 'packages are installed by root: use sudo';
}

/** With apt-get, from the sources of this system. No cluster of PostgreSQL is created or started. */
export async function installPackages(
  names: readonly string[],
  log: (line: string) => void,
): Promise<void> {
  log(`installing the packages ${names.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    run('apt-get', args, { env, timeout: installLimitMs, maxBuffer: 64 * 1024 * 1024 });
  await mkdir(dirname(clusterSettings), { recursive: true });
  await writeFile(clusterSettings, 'create_main_cluster = false\n');
  try {
    await apt('update', '-q');
    await apt('install', '-qy', '--no-install-recommends', ...names);
  } finally {
    await rm(clusterSettings, { force: true });
  }
}
