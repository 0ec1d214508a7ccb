/** What of a data folder is this node's own: pg_rewind and a copy bring that of the other node. */
import { chown, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../../../processes/durable-file.ts';

const own = /\.(?:conf|opts|crt|key|pem)$/;
/** Such as `conf.d`; folders of PostgreSQL itself have data in them. */
const isOfPostgres = (name: string) => /^(?:base|global|log|pg_.*)$/.test(name);

/** Once, before anything is changed: what is there already is older, and so right. */
export async function keepOwnFiles(dataFolder: string, kept: string): Promise<void> {
  if (existsSync(kept)) return;
  const draft = `${kept}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await copyOwn(dataFolder, draft);
  await rename(draft, kept);
  await syncFolder(join(kept, '..'));
}

export async function restoreOwnFiles(
  kept: string,
  dataFolder: string,
  owner: { uid: number; gid: number } | undefined,
): Promise<void> {
  for (const path of await copyOwn(kept, dataFolder)) {
    if (owner) await chown(path, owner.uid, owner.gid);
  }
  await syncFolder(dataFolder);
}

async function copyOwn(from: string, to: string): Promise<string[]> {
  const copied: string[] = [];
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isFile() && own.test(name)) {
      await cp(join(from, name), join(to, name), { preserveTimestamps: true });
      copied.push(join(to, name));
    } else if (entry.isDirectory() && !isOfPostgres(name)) {
      await mkdir(join(to, name), { recursive: true, mode: 0o700 });
      copied.push(join(to, name), ...(await copyOwn(join(from, name), join(to, name))));
    }
  }
  return copied;
}
