import { chmod, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { FileWorld } from '../../../scripts/backup-worlds/file-world.ts';

const programs = await requireBackupPrograms('restored files');

describe.skipIf(programs === undefined)(
  'files that are restored from a real restic repository',
  () => {
    let world: FileWorld;
    beforeEach(async () => {
      world = await FileWorld.open({ program: programs!.restic });
    });
    afterEach(() => world.close());

    test('a restore beside has every file of the set, compared by restic and by name, size, mode and time', async () => {
      await world.write('models/weights.bin', Buffer.alloc(2_000_000, 'weights'));
      await chmod(join(world.source, 'models/weights.bin'), 0o640);
      await symlink('weights.bin', join(world.source, 'models/current'));
      await world.write('models/* [odd] \\name', 'odd');
      await utimes(
        join(world.source, 'invoices/1.txt'),
        new Date('2020-02-02T02:02:02.123Z'),
        new Date('2020-02-02T02:02:02.123Z'),
      );
      const set = await world.make();
      await rm(world.source, { recursive: true });
      const copy = await world.restore(set);
      expect(await readFile(join(copy.folder, world.source, 'invoices/1.txt'), 'utf8')).toBe('one');
      expect(copy.remarks).toEqual([
        '4 files are as the set has them, and restic compared the contents of 4',
      ]);
      expect(await world.assertFiles(copy.place)).toMatchObject([{ name: 'files', passed: true }]);
      await writeFile(join(copy.folder, world.source, 'invoices/2.txt'), 'changed');
      await rm(join(copy.folder, world.source, 'models/current'));
      const [result] = await world.assertFiles(copy.place);
      expect(result).toMatchObject({ passed: false });
      expect(result!.seen).toMatch(
        /^2 differ: .*2\.txt has 7 bytes instead of 3.*current is missing/,
      );
    });

    test('a restore in place brings back what was changed and removed, and keeps and names what the set does not have', async () => {
      const odd = join(world.source, '* [odd]');
      await world.write('* [odd]/file', 'odd');
      const source = {
        kind: 'files' as const,
        paths: [odd, join(world.source, 'invoices')],
        exclude: [],
      };
      const component = world.component({ source });
      const set = await world.make({ component });
      await writeFile(join(world.source, 'invoices/1.txt'), 'overwritten');
      await rm(join(world.source, 'invoices/2.txt'));
      await world.write('invoices/new.txt', 'new');
      await world.write('other/untouched.txt', 'untouched');
      await chmod(world.source, 0o711);
      const into = { kind: 'place' as const };
      const { remarks } = await world.restore(set, { into, component });
      expect(remarks?.at(-1)).toMatch(
        /^1 are there that the set does not have, and were kept: .*new\.txt$/,
      );
      expect(await readFile(join(world.source, 'invoices/1.txt'), 'utf8')).toBe('one');
      expect(await readdir(join(world.source, 'invoices'))).toEqual(['1.txt', '2.txt', 'new.txt']);
      const removed = await world.restore(set, {
        into: { kind: 'place', extras: 'remove' },
        component,
      });
      expect(removed.remarks?.at(-1)).toMatch(/^1 that the set does not have were removed/);
      expect(await readdir(join(world.source, 'invoices'))).toEqual(['1.txt', '2.txt']);
      expect(await readFile(join(world.source, 'other/untouched.txt'), 'utf8')).toBe('untouched');
    });

    test('a restore in place never writes through a symbolic link, and removes no extras beside exclusions', async () => {
      const component = world.component({}, ['*.tmp']);
      const set = await world.make({ component });
      const outside = join(world.folder, 'outside');
      await writeFile(outside, 'not ours');
      await rm(join(world.source, 'invoices/1.txt'));
      await symlink(outside, join(world.source, 'invoices/1.txt'));
      const into = { kind: 'place' as const, extras: 'remove' as const };
      await expect(world.restore(set, { into, component })).rejects.toThrow(
        /a symbolic link is where the set has a file .*1\.txt\nwhat is not in the set is not removed/,
      );
      expect(await readFile(outside, 'utf8')).toBe('not ours');
    });

    test('files are asked for nothing that databases are', async () => {
      const { provider, tools } = world;
      const call = { ...world.call(), act: world.act(), copy: 'copy', folder: world.folder };
      await expect(provider.runCopy({ ...call, forMs: 1_000 }, tools.attempt)).rejects.toThrow(
        'files do not run',
      );
      await expect(provider.writeMark({ ...call, nonce: 'n' }, tools.attempt)).rejects.toThrow(
        'no marks',
      );
      expect(await provider.inspectCopy(call, tools.attempt)).toMatchObject({ state: 'stopped' });
    });
  },
);
