import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { DamageWorld, type Plant } from './damage-world.ts';
import { alias, flip } from './plant.ts';

const programs = await requireBackupPrograms('damage in restic');

interface Planted {
  what: string;
  plant: Plant;
  /** Of what is said about the first of two sets; absent: it is sound. */
  found?: RegExp;
  elsewhere?: RegExp;
}

const aliasName = 'a'.repeat(64);

const planted: readonly Planted[] = [
  { what: 'nothing', plant: () => Promise.resolve() },
  {
    what: 'a flipped bit in its data',
    plant: ({ data }) => flip(data[0], 1_000),
    found: /pack \w{64}: its content is not what was written/,
  },
  {
    what: 'a flipped bit in the header of its data',
    plant: ({ data }) => flip(data[0], -10),
    found: /pack \w{64}: its content is not what was written/,
  },
  {
    what: 'a flipped bit in its folders',
    plant: ({ trees }) => flip(trees[0], 100),
    found: /its folders cannot be read/,
  },
  {
    what: 'a flipped bit in its index',
    plant: ({ indexes }) => flip(indexes[0], 100),
    found: /index \w{64}: .*invalid data returned/,
  },
  {
    what: 'a flipped bit in its snapshot',
    plant: ({ snapshots }) => flip(snapshots[0], 100),
    found: /snapshot \w{64}: it cannot be read/,
  },
  {
    what: 'a flipped bit in the key',
    plant: ({ key }) => flip(key, 200),
    found: /key \w{64}: its content is not what was written/,
  },
  {
    what: 'a flipped bit in the configuration',
    plant: ({ folder }) => flip(join(folder, 'config'), 100),
    found: /config: what it cannot be opened without is damaged/,
  },
  {
    what: 'an index that was deleted',
    plant: ({ indexes }) => rm(indexes[0]!),
    found: /not found in (repository|index)/,
  },
  {
    what: 'its snapshot deleted',
    plant: ({ snapshots }) => rm(snapshots[0]!),
    found: /does not list it: it was removed, or an older copy of the repository is served/,
  },
  { what: 'the key deleted', plant: ({ key }) => rm(key), found: /no key is there/ },
  {
    what: 'the configuration deleted',
    plant: ({ folder }) => rm(join(folder, 'config')),
    found: /there is no repository at its location/,
  },
  {
    what: 'an index that was cut',
    plant: ({ indexes }) => truncate(indexes[0]!, 10),
    found: /index \w{64}: .*invalid data returned/,
  },
  {
    what: 'a second file of its data under another name',
    plant: async ({ folder, data }) => alias(data[0]!, join(folder, 'data/aa', aliasName)),
    elsewhere: /pack a{64}: no index names it, and its content is that of pack \w{64}/,
  },
  {
    what: 'a second file of its index under another name',
    plant: ({ folder, indexes }) => alias(indexes[0]!, join(folder, 'index', aliasName)),
    found: /index a{64}: .*invalid data returned/,
  },
  {
    what: 'a second file of its snapshot under another name',
    plant: ({ folder, snapshots }) => alias(snapshots[0]!, join(folder, 'snapshots', aliasName)),
    elsewhere: /snapshot a{10}: .*invalid data returned/,
  },
  {
    what: 'a flipped bit in the data of another set',
    plant: ({ data }) => flip(data[1], 1_000),
    elsewhere: /pack \w{64}: its content is not what was written/,
  },
  {
    what: 'a flipped bit in the folders of another set',
    plant: ({ trees }) => flip(trees[1], 100),
    elsewhere: /pack \w{64}: its content is not what was written/,
  },
];

describe.skipIf(programs === undefined).concurrent('damage in a real restic repository', () => {
  let world: DamageWorld;
  beforeAll(async () => {
    world = await DamageWorld.open(programs!.restic);
  });
  afterAll(() => world.close());

  test.each(planted)('finds $what, and names it', async ({ what, plant, found, elsewhere }) => {
    const check = await world.checkWith(what, plant);
    const said = check.damage.map(({ where, what: how }) => `${where}: ${how}`).join('\n');
    const others = (check.elsewhere ?? []).map(({ where, what: how }) => `${where}: ${how}`);
    if (found) expect(said).toMatch(found);
    else expect(said).toBe('');
    if (elsewhere) expect(others.join('\n')).toMatch(elsewhere);
    else if (!found) expect(others).toEqual([]);
  });

  test('an older copy of the repository that is served instead lacks the newest set, and says so', async () => {
    const plant: Plant = ({ snapshots }) => rm(snapshots[1]!);
    const { damage } = await world.checkWith('stale', plant, { set: 1 });
    expect(damage).toEqual([
      {
        where: `snapshot ${world.sets[1]!.label}`,
        what: 'repository main does not list it: it was removed, or an older copy of the repository is served',
      },
    ]);
  });

  test('a wrong password is no damage: the check is refused', async () => {
    const password = join(world.files.folder, 'wrong');
    await writeFile(password, 'wrong');
    await expect(
      world.checkAt({ secrets: { RESTIC_PASSWORD: { file: password } } }),
    ).rejects.toThrow(/the password of the agent’s settings opens no key/);
  });
});
