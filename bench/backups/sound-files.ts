import { link, rm, symlink, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { FileWorld } from '../../scripts/backup-worlds/file-world.ts';
import type { BackupPrograms } from '../../scripts/archived-postgres/find-programs.ts';
import { seeded, type Random } from '../analysis/random.ts';
import { progress } from '../report/tell.ts';
import { alarmsIn, type CheckedSound } from './checked-sound.ts';

type Change = (world: FileWorld, folder: string, random: Random) => Promise<unknown>;

/** What becomes of files between two of their sets. */
const changes: readonly Change[] = [
  async (world, folder, random) => {
    for (let file = 0; file < 300; file++) {
      await world.write(`${folder}/${file}`, `${random()}`);
    }
  },
  (world, folder, random) => world.write(`${folder}/large`, bytes(random, 5_000_000)),
  (world, folder) => world.write(`${folder}/empty`, ''),
  async (world, folder) => {
    await world.write(`${folder}/sparse`, 'a beginning');
    await truncate(join(world.source, folder, 'sparse'), 20_000_000);
  },
  async (world, folder) => {
    await world.write(`${folder}/first`, 'the same');
    await link(join(world.source, folder, 'first'), join(world.source, folder, 'second'));
    await symlink('first', join(world.source, folder, 'third'));
    await symlink('/nowhere/at/all', join(world.source, folder, 'dangling'));
  },
  async (world, folder) => {
    const names = [' ', '*', '[x]', '"quoted"', "it's", 'Größe', '\u{1f600}', 'a\nline', '-rf'];
    for (const name of names) await world.write(`${folder}/${name}`, name);
  },
  async (world, folder) => {
    await world.write(`${folder}/old`, 'of long ago');
    await utimes(join(world.source, folder, 'old'), 0, 0);
  },
  (world) => rm(join(world.source, 'invoices'), { recursive: true, force: true }),
  (world, folder, random) => world.write('rewritten', `${folder} ${random()}`),
  () => Promise.resolve(),
];

export async function checkSoundFiles(
  { restic }: BackupPrograms,
  { sets, seed }: { sets: number; seed: number },
): Promise<CheckedSound[]> {
  const random = seeded(seed);
  const world = await FileWorld.open({ program: restic });
  const checked: CheckedSound[] = [];
  try {
    await world.write('kept', 'in every set');
    for (let nth = 0; nth < sets; nth++) {
      await changes[nth % changes.length]?.(world, `set-${nth}`, random);
      const set = await world.make();
      checked.push(alarmsIn(set, await world.check(set)));
      progress(`${set.label.slice(0, 8)}: ${checked.at(-1)?.alarms.join('; ') || 'sound'}`);
    }
  } finally {
    await world.close();
  }
  return checked;
}

function bytes(random: Random, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
}
