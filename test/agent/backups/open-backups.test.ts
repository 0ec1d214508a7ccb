import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { act, attempt, OpenedBackups } from './opened-backups.ts';

let opened: OpenedBackups;

beforeEach(async () => {
  opened = await OpenedBackups.open();
});
afterEach(() => opened.remove());

describe('a call that the settings do not allow is refused before anything is done', () => {
  test('with every reason', async () => {
    const call = { ...opened.about('/etc', opened.uploads, '/srv'), repository: 'flies' };
    await expect(
      opened.calls.makeSet({ ...call, act, type: 'full' }, attempt),
    ).rejects.toMatchObject({
      code: 'refused',
      message: [
        'agent db-1 does not do this:',
        '  it has no repository "flies"; did you mean "files"? (one of: files)',
        `  /etc is outside the paths of its settings, which are ${opened.uploads}`,
        `  /srv is outside the paths of its settings, which are ${opened.uploads}`,
      ].join('\n'),
    });
    expect(opened.fake.done).toEqual([]);
  });

  test.each([
    ['a link that leads out', 'uploads/out', 'leads to /etc, which is outside'],
    ['a path that leads up', 'uploads/../../..', 'is outside'],
    ['what is to be made behind a link', 'uploads/out/new', 'leads to /etc/new, which is outside'],
  ])('%s', async (_, path, said) => {
    await symlink('/etc', join(opened.folder, 'uploads/out'));
    const call = {
      ...opened.about(`${opened.folder}/${path}`),
      act,
      repository: 'files',
      type: 'full',
    } as const;
    await expect(opened.calls.makeSet(call, attempt)).rejects.toMatchObject({
      message: expect.stringContaining(said),
    });
  });

  test('a restore over a path that is not listed', async () => {
    const call = { ...opened.restoring({ into: { kind: 'place' } }), ...opened.about('/etc') };
    await expect(opened.calls.restoreSet(call, attempt)).rejects.toMatchObject({ code: 'refused' });
  });
});

test('a listed path that is a link itself may be backed up', async () => {
  await symlink(opened.uploads, join(opened.folder, 'link'));
  opened.settings = { ...opened.settings, paths: [join(opened.folder, 'link')] };
  await opened.reopen();
  const call = { ...opened.here(), act, repository: 'files', type: 'full' } as const;
  expect(await opened.calls.makeSet(call, attempt)).toEqual(opened.fake.set);
});

test('a repository can be read for a component of another host', async () => {
  const call = { ...opened.about('/on/another/host'), repository: 'files' };
  expect(await opened.calls.readRepository(call, attempt)).toMatchObject({ repository: 'files' });
});

test('a restore over its source is given no folder', async () => {
  await opened.calls.restoreSet(opened.restoring({ into: { kind: 'place' } }), attempt);
  expect(opened.fake.folder).toBeUndefined();
  expect(await opened.records().list()).toEqual([]);
});

test('an agent without a folder for copies does everything else', async () => {
  await writeFile(join(opened.folder, 'file'), '');
  opened.settings = { ...opened.settings, scratch: { folder: join(opened.folder, 'file/copies') } };
  await opened.reopen();
  expect(opened.problems).toEqual(['restored copies cannot be read']);
  const call = { ...opened.here(), act, repository: 'files', type: 'full' } as const;
  expect(await opened.calls.makeSet(call, attempt)).toEqual(opened.fake.set);
  await expect(opened.calls.restoreSet(opened.restoring(), attempt)).rejects.toThrow();
});

test('what calls have left goes at the start of an agent and while it runs, also without a folder for copies', async () => {
  let swept = 0;
  opened.fake.provider.sweep = async () => void (swept += 1);
  opened.settings = opened.withoutCopies();
  await opened.reopen();
  expect(swept).toBe(1);
  await opened.calls.sweep();
  expect(swept).toBe(2);
});
