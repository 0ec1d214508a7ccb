import { randomBytes } from 'node:crypto';
import { cp, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createResticProvider } from '../../../src/adapters/restic/restic-provider.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { CheckExtent, ContentCheck } from '../../../src/contracts/backups/store.ts';
import type { ResticRepositorySettings } from '../../../src/specs/backups/agent-settings.ts';
import { FileWorld } from '../../../scripts/backup-worlds/file-world.ts';

/** Of one repository: what it is made of, by the set that needed it first. */
export interface Parts {
  folder: string;
  /** Packs of file contents, of the first and of the second set. */
  data: string[];
  /** Packs of folders, of the first and of the second set. */
  trees: string[];
  indexes: string[];
  snapshots: string[];
  key: string;
}

export type Plant = (parts: Parts) => Promise<unknown>;

/** A repository with two sets, whose copies are damaged. */
export class DamageWorld {
  readonly files: FileWorld;
  readonly sets: readonly BackupSet[];
  readonly parts: Parts;

  private constructor(files: FileWorld, sets: readonly BackupSet[], parts: Parts) {
    this.files = files;
    this.sets = sets;
    this.parts = parts;
  }

  static async open(program: string): Promise<DamageWorld> {
    const files = await FileWorld.open({ program });
    await files.write('large/1', randomBytes(100_000));
    const before = await listParts(files);
    const sets = [await files.make()];
    const first = await listParts(files);
    await files.write('large/2', randomBytes(100_000));
    sets.push(await files.make());
    const listings = [before, first, await listParts(files)];
    return new DamageWorld(files, sets, partsOf(listings, join(files.folder, 'main')));
  }

  /** Checks the first set in a copy of the repository, so that one damage does not meet another. */
  async checkWith(
    name: string,
    plant: Plant,
    { extent = { kind: 'all' }, set = 0 }: { extent?: CheckExtent; set?: number } = {},
  ): Promise<ContentCheck> {
    const { folder, ...parts } = this.parts;
    const location = join(this.files.folder, name.replaceAll(' ', '-'));
    await cp(folder, location, { recursive: true });
    const move = (path: string) => path.replace(folder, location);
    await plant({
      ...{ folder: location, key: move(parts.key) },
      ...{ data: parts.data.map(move), trees: parts.trees.map(move) },
      ...{ indexes: parts.indexes.map(move), snapshots: parts.snapshots.map(move) },
    });
    return this.checkAt({ location }, { extent, set });
  }

  checkAt(
    changes: Partial<ResticRepositorySettings>,
    { extent = { kind: 'all' }, set = 0 }: { extent?: CheckExtent; set?: number } = {},
  ): Promise<ContentCheck> {
    const { tools, source } = this.files;
    const repositories = this.files.repositories.map((settings) => ({ ...settings, ...changes }));
    const provider = createResticProvider(tools, { repositories, paths: [source] });
    const label = this.sets[set]?.label ?? '';
    const call = { ...this.files.call(), act: this.files.act(), label, extent };
    return provider.checkSet(call, tools.attempt);
  }

  close(): Promise<void> {
    return this.files.close();
  }
}

async function listParts(world: FileWorld): Promise<Map<string, number>> {
  const folder = join(world.folder, 'main');
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        const file = await open(path);
        const { size } = await file.stat();
        await file.close();
        return [path, size] as const;
      }),
    ),
  );
}

function partsOf(listings: Map<string, number>[], folder: string): Parts {
  const added = [1, 2].map((at) =>
    [...listings[at]!].filter(([path]) => !listings[at - 1]!.has(path)),
  );
  const inFolder = (name: string) =>
    added.map((files) => files.filter(([path]) => path.startsWith(join(folder, name))));
  const packs = inFolder('data').map((files) =>
    files.toSorted(([, one], [, other]) => other - one),
  );
  const only = (name: string) => inFolder(name).flatMap(([file]) => (file ? [file[0]] : []));
  return {
    folder,
    data: packs.map(([largest]) => largest![0]),
    trees: packs.map((files) => files.at(-1)![0]),
    indexes: only('index'),
    snapshots: only('snapshots'),
    key: [...listings[0]!.keys()].find((path) => path.startsWith(join(folder, 'keys')))!,
  };
}
