import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReplicatedNode } from '../../../scripts/archived-postgres/replicated-database.ts';
import { giveToUnprivileged } from '../../../scripts/archived-postgres/unprivileged.ts';

const run = promisify(execFile);
const debianStarter = '/usr/bin/pg_ctlcluster';

type Way = (node: ReplicatedNode) => Promise<boolean>;

/** Whatever people and hosts start a server by; each says whether the server began to work. */
const ways: Record<string, Way> = {
  'pg_ctl start': async (node) => (await node.start()).exitCode === 0,
  'postgres --single': async (node) => {
    const ended = await node.tool('postgres', '--single', '-D', node.dataFolder, 'postgres');
    return ended.exitCode === 0;
  },
  ...(existsSync(debianStarter) && { 'pg_ctlcluster start': startAsDebian }),
};

/** The ways by which a server began to work, or took a write, each tried twice. */
export async function startInEveryWay(node: ReplicatedNode): Promise<string[]> {
  const worked: string[] = [];
  for (const time of ['first', 'second']) {
    for (const [way, start] of Object.entries(ways)) {
      if (await start(node)) worked.push(`${way}, the ${time} time`);
      const isWritten = await node
        .sql("SET default_transaction_read_only = off; INSERT INTO orders (by) VALUES ('late')")
        .then(
          () => true,
          () => false,
        );
      if (isWritten) worked.push(`a write after ${way}, the ${time} time`);
    }
  }
  return worked;
}

/** As where the data folder were that of a cluster of Debian. */
async function startAsDebian({ dataFolder, folder, port }: ReplicatedNode): Promise<boolean> {
  const root = join(folder, '..', `etc-${port}`);
  const configuration = join(root, '15', 'belay');
  await mkdir(configuration, { recursive: true });
  const lines = [
    `data_directory = '${dataFolder}'`,
    `hba_file = '${dataFolder}/pg_hba.conf'`,
    `ident_file = '${dataFolder}/pg_ident.conf'`,
    `unix_socket_directories = '${folder}'`,
    `port = ${port}`,
    '',
  ];
  await writeFile(join(configuration, 'postgresql.conf'), lines.join('\n'));
  await writeFile(join(configuration, 'start.conf'), 'auto\n');
  for (const path of [root, join(root, '15'), configuration]) await giveToUnprivileged(path);
  await giveToUnprivileged(join(configuration, 'postgresql.conf'));
  const env = { ...process.env, PG_CLUSTER_CONF_ROOT: root };
  return run(debianStarter, ['15', 'belay', 'start'], { env }).then(
    () => true,
    () => false,
  );
}
