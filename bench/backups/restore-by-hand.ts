import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { BackedUpDatabase } from './backed-up-database.ts';

/**
 * What a careful person does: restores the newest state, recovers and promotes it, and checks it where
 * `checks` says so. Returns ms.
 */
export async function restoreByHand(
  { cluster }: BackedUpDatabase,
  { checks }: { checks: boolean } = { checks: true },
): Promise<number> {
  const beganAt = performance.now();
  // A folder in which the account of the cluster may write.
  const data = join(cluster.folder, 'spool', 'by-hand');
  const { postgres } = cluster.programs;
  const run = async (program: string, ...args: string[]) => {
    const { exitCode, stdout, stderr } = await cluster.as(program, ...args);
    if (exitCode === 0) return stdout.trim();
    throw new Error(`${program} exited with ${exitCode}: ${stdout}${stderr}`);
  };
  await run('/usr/bin/install', '-d', '-m', '0700', data);
  await cluster.pgbackrest(
    ...['--repo=1', `--pg1-path=${data}`, '--archive-mode=off', '--type=default', 'restore'],
  );
  const control = (...args: string[]) => run(join(postgres, 'pg_ctl'), '-D', data, ...args);
  const server = `-c archive_mode=off -c unix_socket_directories=${data} -c port=6000`;
  await control('-w', '-l', join(data, 'log'), '-o', server, 'start');
  const place = ['-h', data, '-p', '6000', '-U', 'postgres'];
  while (
    (await run('/usr/bin/psql', ...place, '-tAc', 'SELECT pg_is_in_recovery()', 'postgres')) !== 'f'
  ) {
    await sleep(100);
  }
  if (!checks) {
    const tookMs = performance.now() - beganAt;
    await control('-m', 'immediate', 'stop');
    await run('/bin/rm', '-rf', data);
    return tookMs;
  }
  await askWhatADrillAsks((query) => run('/usr/bin/psql', ...place, '-XtAc', query, 'postgres'));
  await run(
    join(postgres, 'pg_amcheck'),
    ...['--all', '--heapallindexed', '--install-missing=pg_catalog', ...place],
  );
  await control('-m', 'fast', 'stop');
  await run(join(postgres, 'pg_checksums'), '--check', '-D', data);
  const tookMs = performance.now() - beganAt;
  await run('/bin/rm', '-rf', data);
  return tookMs;
}

/** The marks of earlier runs, and whether a sequence is behind its column. */
async function askWhatADrillAsks(ask: (query: string) => Promise<string>): Promise<void> {
  if ((await ask("SELECT to_regclass('belay.marks') IS NOT NULL")) === 't') {
    for (const order of ['ASC', 'DESC']) {
      await ask(`SELECT nonce FROM belay.marks ORDER BY nonce ${order} LIMIT 1`);
    }
  }
  await ask('SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate');
  await ask('SELECT sequencename, last_value FROM pg_sequences');
}
