import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { readWritten, writeDurably } from '../../../processes/durable-file.ts';
import type { Manifest, StoredObject } from './stored-object.ts';

/** Where objects are for as long as a backup or a restore of them takes: Secrets are among them. */
export interface Stage {
  folder: string;
  /** What is in the set. */
  objects: string;
}

export function stageOf(stagingFolder: string, { runRef, step }: RunStep): Stage {
  // Whatever a run is called, it is no path, and no other run has its folder.
  const key = createHash('sha256')
    .update(JSON.stringify([runRef, step]))
    .digest('hex');
  const folder = join(stagingFolder, key.slice(0, 32));
  return { folder, objects: join(folder, 'objects') };
}

/** Complete once it has a manifest, which is written last. */
export async function writeObjects(
  { objects }: Stage,
  stored: readonly StoredObject[],
  manifest: Manifest,
): Promise<void> {
  await rm(objects, { recursive: true, force: true });
  await mkdir(objects, { recursive: true, mode: 0o700 });
  for (const [index, one] of stored.entries()) {
    const { resource, object } = one;
    const place = join(objects, object.metadata.namespace ?? '_cluster', resource.plural);
    await mkdir(place, { recursive: true, mode: 0o700 });
    // Two groups may have kinds of one name, and names are not always names of files.
    const name = `${String(index).padStart(5, '0')}-${object.metadata.name.replaceAll(/[^\w.-]/g, '_')}`;
    await writeFile(join(place, `${name}.json`), `${JSON.stringify(one, undefined, 2)}\n`, {
      mode: 0o600,
    });
  }
  await writeDurably(join(objects, 'manifest.json'), manifest);
}

export async function hasObjects({ objects }: Stage): Promise<boolean> {
  return (await readManifest(objects)) !== undefined;
}

/** Throws AgentError where something is missing. */
export async function readObjects(folder: string): Promise<StoredObject[]> {
  const manifest = await readManifest(folder);
  if (manifest?.format !== 1) {
    throw new AgentError('refused', 'the set has no manifest of objects that this version knows');
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.parentPath !== folder)
    .map(({ parentPath, name }) => join(parentPath, name));
  const stored = await Promise.all(
    paths.map(async (path) => JSON.parse(await readFile(path, 'utf8')) as StoredObject),
  );
  if (stored.length === manifest.objects) return stored;
  throw new AgentError(
    'refused',
    `the set has ${stored.length} objects, and its manifest says ${manifest.objects}`,
  );
}

export async function removeStage({ folder }: Pick<Stage, 'folder'>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function readManifest(folder: string): Promise<Manifest | undefined> {
  return readWritten<Manifest>(join(folder, 'manifest.json'));
}
