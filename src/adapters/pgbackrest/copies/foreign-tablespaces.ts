import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';

export interface Tablespace {
  oid: string;
  path: string;
}

/** What another try would meet again. */
const lasting = ['EACCES', 'EPERM', 'ENOTDIR', 'ELOOP'];

/** Those that the cluster on this host has now: none where it has no data folder. Throws where nobody can say. */
export async function readTablespaces(
  dataFolder: string,
  list: (folder: string) => Promise<string[]> = (folder) => readdir(folder),
): Promise<Tablespace[]> {
  const folder = join(dataFolder, 'pg_tblspc');
  const oids = await list(folder).catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    const kind = lasting.includes(code) ? 'refused' : 'unfinished';
    throw new AgentError(kind, `nobody can say which tablespaces there are: ${String(error)}`);
  });
  const found: Tablespace[] = [];
  for (const oid of oids) {
    const path = await readlink(join(folder, oid)).catch(() => undefined);
    if (path !== undefined) found.push({ oid, path });
  }
  return found;
}

/**
 * A tablespace that was made after the set is made again by the log at its own path: on the host of
 * the source, the copy would write to the files of production. Those of the set are mapped into the
 * copy.
 */
export function judgeTablespaces(
  label: string,
  ofSet: Readonly<Record<string, string>>,
  now: readonly Tablespace[],
): string[] {
  return now
    .filter(({ oid }) => !(oid in ofSet))
    .map(
      ({ oid, path }) =>
        `tablespace ${oid} was made after ${label}: replaying the log would write to ${path}, which the cluster of this host uses. Restore a later set, or on another host`,
    );
}
