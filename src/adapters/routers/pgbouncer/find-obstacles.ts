import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { PgBouncerSettings } from '../../../specs/kernel/routers.ts';
import { findRefusedLogin } from '../find-refused-login.ts';
import { readEntries } from './databases-file.ts';

/**
 * What would keep clients from being led to these servers. A server that does not answer says nothing
 * against it: it may be the one that is down.
 */
export async function findObstacles(
  settings: PgBouncerSettings,
  text: string,
  servers: readonly NodeAddress[],
): Promise<string[]> {
  const entries = readEntries(text, settings.databases);
  const databases = entries.flatMap((entry) => (entry === undefined ? [] : [entry.database]));
  const refused = await Promise.all([
    findUnwritable(settings.file),
    ...servers.flatMap((server) =>
      databases.map((database) => findRefusedLogin(settings.check, server, database)),
    ),
  ]);
  return [...new Set(refused.filter((each) => each !== undefined))];
}

async function findUnwritable(file: string): Promise<string | undefined> {
  try {
    await access(dirname(await realpath(file)), constants.W_OK);
    return undefined;
  } catch {
    return `${file} cannot be replaced: the agent may not write in its folder`;
  }
}
