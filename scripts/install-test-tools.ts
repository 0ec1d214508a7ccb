/** What tests of databases run, as the system's packages have it: PostgreSQL, pgBackRest, restic and PgBouncer. */
import { findPgBouncer } from './archived-postgres/pooler.ts';
import { installHostTools } from '../src/embedded/host-tools/install-host-tools.ts';
import { installPackages, packageObstacle } from '../src/embedded/host-tools/install-packages.ts';

const log = (line: string) => process.stderr.write(`${line}\n`);

if (process.platform === 'linux') {
  const found = await installHostTools({ log });
  const missing = found.filter(({ problem }) => problem !== undefined);
  for (const { tool, problem } of missing) {
    process.stderr.write(`tests that need ${tool.name} are skipped: ${problem ?? ''}\n`);
  }
  if ((await findPgBouncer()) === undefined) {
    const problem =
      (await packageObstacle()) ??
      (await installPackages(['pgbouncer'], log).then(
        () => undefined,
        (error: unknown) => String(error),
      ));
    if (problem !== undefined) log(`tests that need PgBouncer are skipped: ${problem}`);
  }
}
