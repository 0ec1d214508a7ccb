import { readFile, writeFile, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../../processes/replace-file.ts';
import type { DatabaseNode } from '../node.ts';
import { followingConninfo } from '../sql/conninfo.ts';
import type { Upstream } from '../upstream.ts';
import { changeAutoConf, readAutoConf } from './auto-conf.ts';

/**
 * Writes whom a folder follows, which a server reads when it starts or reloads its configuration. Into
 * the file, as a statement with the password in it may end in the log of the server. `present` is the
 * connection string that it has now; absent: that of the file.
 */
export async function writeUpstream(
  node: DatabaseNode,
  { primary, slot, applicationName = slot }: Upstream,
  { dataFolder = node.dataFolder, present }: { dataFolder?: string; present?: string } = {},
): Promise<void> {
  const path = join(dataFolder, 'postgresql.auto.conf');
  const text = await readOrMake(path, await node.owner());
  const { host, port, user, password } = await node.peerPlace(primary);
  const conninfo = followingConninfo(present ?? readAutoConf(text, 'primary_conninfo') ?? '', {
    ...{ host, port, user, name: applicationName },
    ...(password !== undefined && { password }),
  });
  await replaceFile(
    path,
    changeAutoConf(text, { primary_conninfo: conninfo, primary_slot_name: slot }),
  );
}

async function readOrMake(
  path: string,
  owner: { uid: number; gid: number } | undefined,
): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writeFile(path, '', { mode: 0o600 });
    if (owner) await chown(path, owner.uid, owner.gid);
    return '';
  }
}
