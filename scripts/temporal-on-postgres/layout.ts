import { homedir } from 'node:os';
import { join } from 'node:path';

/** Below root's own home the user of PostgreSQL gets nowhere. */
const clustersFolder =
  process.getuid?.() === 0
    ? '/var/lib/belay-temporal'
    : join(homedir(), '.local/share/belay-temporal');

/** Where the parts of one cluster keep their files. */
export function clusterLayout(name: string) {
  const folder = join(clustersFolder, name);
  return {
    folder,
    lock: join(clustersFolder, `.${name}.lock`),
    record: join(folder, 'cluster.json'),
    database: join(folder, 'database'),
    /** Who runs the cluster alone reads them: the database's password is in them. */
    settings: join(folder, 'settings'),
    log: (part: string) => join(folder, 'logs', `${part}.log`),
  } as const;
}

export type ClusterLayout = ReturnType<typeof clusterLayout>;
