/**
 * What tests run, as the system's packages have it: PostgreSQL, pgBackRest, restic, PgBouncer, HAProxy,
 * BIND and Redis, and the shells of completions; with `nightly`, also a Patroni.
 */
import { findNamed } from './archived-postgres/name-server.ts';
import { findPgBouncer } from './archived-postgres/pooler.ts';
import { findHaproxy } from './archived-postgres/proxy.ts';
import { findPatroni, patroniPackages } from './patroni/find-patroni.ts';
import { isThere } from './programs/is-there.ts';
import { installHostTools } from '../src/embedded/host-tools/install-host-tools.ts';
import { installPackages, packageObstacle } from '../src/embedded/host-tools/install-packages.ts';

const log = (line: string) => process.stderr.write(`${line}\n`);

if (process.platform === 'linux') {
  const found = await installHostTools({ log });
  const missing = found.filter(({ problem }) => problem !== undefined);
  for (const { tool, problem } of missing) {
    process.stderr.write(`tests that need ${tool.name} are skipped: ${problem ?? ''}\n`);
  }
  if ((await findPgBouncer()) === undefined) await install('PgBouncer', ['pgbouncer']);
  if ((await findNamed()) === undefined) await install('BIND', ['bind9']);
  if (!(await isThere('redis-server'))) await install('Redis', ['redis-server']);
  if ((await findHaproxy()) === undefined) await install('HAProxy', ['haproxy']);
  for (const shell of ['zsh', 'fish']) {
    if (!(await isThere(shell))) await install(shell, [shell]);
  }
  const isNightly = process.argv.includes('nightly');
  if (isNightly && !(await findPatroni()).ok) await install('Patroni', patroniPackages);
}

async function install(what: string, packages: readonly string[]): Promise<void> {
  const problem =
    (await packageObstacle()) ??
    (await installPackages(packages, log).then(
      () => undefined,
      (error: unknown) => String(error),
    ));
  if (problem !== undefined) log(`tests that need ${what} are skipped: ${problem}`);
}
