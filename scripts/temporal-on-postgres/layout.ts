import { homedir } from 'node:os';
import { join } from 'node:path';

/** PostgreSQL's user has no access below root's home. */
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
    /** Readable only by the user who runs the cluster, because the database's password is in them. */
    settings: join(folder, 'settings'),
    log: (part: string) => join(folder, 'logs', `${part}.log`),
  } as const;
}

export type ClusterLayout = ReturnType<typeof clusterLayout>;
