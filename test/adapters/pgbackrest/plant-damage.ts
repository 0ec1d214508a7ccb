import { copyFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToUnprivileged } from '../../../scripts/archived-postgres/unprivileged.ts';

/** One repository of a stanza, as files that can be spoiled. */
export interface StoredRepository {
  folder: string;
  stanza: string;
  label: string;
}

export interface Damage {
  what: string;
  plant(repository: StoredRepository): Promise<void>;
  /** Named in what the check finds; `where` as it is told there. */
  found: { where: RegExp; what: RegExp };
  /** Seen without reading the whole repository. */
  bySample?: true;
}

const table = 'pg_data/base/5/1247.lz4';
const other = 'pg_data/base/5/1249.lz4';

/** Segments after the last one of the set, and its own. */
export interface Segments {
  own: string;
  middle: string;
}

export function damages({ own, middle }: Segments): Damage[] {
  const fileOf = ({ folder, stanza, label }: StoredRepository, name: string) =>
    join(folder, 'backup', stanza, label, name);
  const checksum = { where: /1247\.lz4$/, what: /invalid checksum|bytes instead of/ };
  return [
    {
      what: 'a bit of a table flipped',
      plant: (it) => flip(fileOf(it, table)),
      found: checksum,
    },
    {
      what: 'a table deleted',
      plant: (it) => rm(fileOf(it, table)),
      found: { where: /1247\.lz4$/, what: /missing/ },
    },
    {
      what: 'a table truncated',
      plant: (it) => truncate(fileOf(it, table), 100),
      found: checksum,
    },
    {
      what: 'two tables swapped',
      plant: (it) => swap(fileOf(it, table), fileOf(it, other)),
      found: checksum,
    },
    {
      what: 'a table replaced by a duplicate of another',
      plant: (it) => put(fileOf(it, other), fileOf(it, table)),
      found: checksum,
    },
    {
      what: 'a bit of the manifest flipped, of which there is a copy',
      plant: (it) => flip(fileOf(it, 'backup.manifest')),
      found: { where: /\/backup\.manifest$/, what: /checksum|not a manifest|cannot be read/ },
      bySample: true,
    },
    {
      what: 'a bit of both manifests flipped',
      plant: async (it) => {
        await flip(fileOf(it, 'backup.manifest'));
        await flip(fileOf(it, 'backup.manifest.copy'));
      },
      found: { where: /\/backup\.manifest\.copy$/, what: /checksum|not a manifest|cannot be read/ },
      bySample: true,
    },
    {
      what: 'the manifests deleted, which the verification of the tool calls ok',
      plant: async (it) => {
        await rm(fileOf(it, 'backup.manifest'));
        await rm(fileOf(it, 'backup.manifest.copy'));
      },
      found: { where: /\/backup\.manifest$/, what: /cannot be read/ },
      bySample: true,
    },
    {
      what: 'the manifest truncated',
      plant: (it) => truncate(fileOf(it, 'backup.manifest'), 1_000),
      found: { where: /\/backup\.manifest$/, what: /not a manifest|checksum/ },
      bySample: true,
    },
    {
      what: 'the manifest of another set in its place',
      plant: async (it) => {
        const sets = join(it.folder, 'backup', it.stanza);
        const names = (await readdir(sets)).filter((name) => /^\d{8}-/.test(name));
        const stranger = names.find((name) => name !== it.label) ?? '';
        await put(join(sets, stranger, 'backup.manifest'), fileOf(it, 'backup.manifest'));
      },
      found: { where: /\/backup\.manifest$/, what: /manifest of another set/ },
      bySample: true,
    },
    {
      what: 'the folder of the set deleted',
      plant: (it) => rm(fileOf(it, '.'), { recursive: true }),
      found: { where: /\/backup\.manifest$/, what: /cannot be read/ },
    },
    {
      what: 'a segment that the set needs deleted, as a rule of a bucket does behind the tool',
      plant: async (it) => rm(await segment(it, own)),
      found: { where: new RegExp(own), what: /cannot be restored/ },
      bySample: true,
    },
    {
      what: 'a segment in the middle of the log deleted, which the verification of the tool calls ok',
      plant: async (it) => rm(await segment(it, middle)),
      found: { where: new RegExp(middle), what: /a restore of this set ends before it/ },
      bySample: true,
    },
    {
      what: 'two segments swapped',
      plant: async (it) => swap(await segment(it, own), await segment(it, middle)),
      found: { where: new RegExp(own), what: /invalid checksum/ },
    },
    {
      what: 'a segment stored twice with different content',
      plant: async (it) => {
        const path = await segment(it, middle);
        await put(path, path.replace(/-[0-9a-f]{40}/, `-${'0'.repeat(40)}`));
      },
      found: { where: new RegExp(middle), what: /more than once/ },
      bySample: true,
    },
    {
      what: 'an empty file in the place of a segment',
      plant: async (it) => truncate(await segment(it, middle), 0),
      found: { where: new RegExp(middle), what: /is empty/ },
      bySample: true,
    },
  ];
}

async function segment({ folder, stanza }: StoredRepository, name: string): Promise<string> {
  const archive = join(folder, 'archive', stanza, '15-1', name.slice(0, 16));
  const found = (await readdir(archive)).find((file) => file.startsWith(`${name}-`));
  return join(archive, found ?? '');
}

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function put(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await giveToUnprivileged(to);
}

async function swap(a: string, b: string): Promise<void> {
  await rename(a, `${a}.swapped`);
  await rename(b, a);
  await rename(`${a}.swapped`, b);
}
