/** restic tries for most of a minute to read what is missing. */
import { rm, truncate } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { DamageWorld, type Plant } from './damage-world.ts';
import { swap } from './plant.ts';

const programs = await requireBackupPrograms('missing data in restic');

interface Planted {
  what: string;
  plant: Plant;
  /** Of what is said about the first of two sets; absent: it is sound. */
  found?: RegExp;
  elsewhere?: RegExp;
}

const planted: readonly Planted[] = [
  {
    what: 'data that was deleted',
    plant: ({ data }) => rm(data[0]!),
    found: /pack \w{64}: it is missing/,
  },
  {
    what: 'folders that were deleted',
    plant: ({ trees }) => rm(trees[0]!),
    found: /pack \w{64}: it is missing/,
  },
  {
    what: 'data that was cut',
    plant: ({ data }) => truncate(data[0]!, 90_000),
    found: /pack \w{64}: it has 90000 bytes instead of \d+/,
  },
  {
    what: 'data that was emptied',
    plant: ({ data }) => truncate(data[0]!, 0),
    found: /pack \w{64}: it has 0 bytes instead of \d+/,
  },
  {
    what: 'data in place of other data',
    plant: ({ data }) => swap(data[0]!, data[1]!),
    found: /pack \w{64}: it(s content is not what was written| has \d+ bytes instead)/,
  },
];

describe
  .skipIf(programs === undefined)
  .concurrent('data that is missing in a real restic repository', () => {
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

    test('a sample of the data finds what is missing, as its list is compared as a whole', async () => {
      const extent = { kind: 'sample' as const, percent: 50 };
      const plant: Plant = ({ data }) => truncate(data[0]!, 90_000);
      const check = await world.checkWith('sample', plant, { extent });
      expect(check.extent).toEqual(extent);
      expect(check.damage[0]?.what).toContain('it has 90000 bytes');
      expect((await world.checkWith('sound', () => Promise.resolve(), { extent })).damage).toEqual(
        [],
      );
    });
  });
