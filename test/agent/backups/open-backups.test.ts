import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Copies } from '../../../src/agent/backups/copies.ts';
import { openBackups, type OpenBackups } from '../../../src/agent/backups/open-backups.ts';
import type { Source } from '../../../src/contracts/backups/source.ts';
import { copyName, type RestoreSetCall } from '../../../src/contracts/backups/store.ts';
import { AgentError } from '../../../src/contracts/kernel/agent-host.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import type { BackupSettings } from '../../../src/specs/backups/agent-settings.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { FakeProvider } from './fake-provider.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const act = { runRef: 'restore/prod/shop/1', step: 3 };
const copy = copyName(act);
const hourMs = 3_600_000;

let folder: string;
let settings: BackupSettings;
let fake: FakeProvider;
let backups: OpenBackups;
let problems: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-backups-'));
  await mkdir(join(folder, 'uploads'));
  settings = {
    ...{ clusters: [], paths: [join(folder, 'uploads')] },
    repositories: [
      {
        ...{ name: 'files', location: '/srv/restic', program: '/usr/bin/restic' },
        ...{ environment: {}, secrets: {} },
      },
    ],
    scratch: { folder: join(folder, 'copies') },
  };
  fake = new FakeProvider();
  problems = [];
  await open();
});
afterEach(async () => {
  await backups.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(): Promise<void> {
  const { tools, provider } = fake;
  backups = await openBackups({
    ...{ agent: 'db-1', settings, tools },
    providers: { postgres: provider, files: provider, kubernetes: provider, volumes: provider },
    onError: (message) => problems.push(message),
  });
}

async function reopen(): Promise<void> {
  await backups.close();
  await open();
}

const about = (...paths: string[]) => ({
  ...{ contract: agentContract, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
  component: {
    ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
    source: { kind: 'files', paths, exclude: [] } satisfies Source as Source,
  },
});
const here = () => about(join(folder, 'uploads'));
const restoring = (more: Partial<RestoreSetCall> = {}): RestoreSetCall => ({
  ...{ ...here(), act, repository: 'files', label: 'aaaa' },
  ...{ target: { kind: 'set' }, into: { kind: 'copy' }, keepForMs: hourMs },
  ...more,
});
const records = () => new Copies({ folder: join(folder, 'copies') });

describe('a call that the settings do not allow is refused before anything is done', () => {
  test('with every reason', async () => {
    const call = { ...about('/etc', join(folder, 'uploads'), '/srv'), repository: 'flies' };
    await expect(backups.makeSet({ ...call, act, type: 'full' }, attempt)).rejects.toMatchObject({
      code: 'refused',
      message: [
        'agent db-1 does not do this:',
        '  it has no repository "flies"; did you mean "files"? (one of: files)',
        `  /etc is outside the paths of its settings, which are ${join(folder, 'uploads')}`,
        `  /srv is outside the paths of its settings, which are ${join(folder, 'uploads')}`,
      ].join('\n'),
    });
    expect(fake.done).toEqual([]);
  });

  test.each([
    ['a link that leads out', 'uploads/out', 'leads to /etc, which is outside'],
    ['a path that leads up', 'uploads/../../..', 'is outside'],
    ['what is to be made behind a link', 'uploads/out/new', 'leads to /etc/new, which is outside'],
  ])('%s', async (_, path, said) => {
    await symlink('/etc', join(folder, 'uploads/out'));
    const call = { ...about(`${folder}/${path}`), act, repository: 'files', type: 'full' } as const;
    await expect(backups.makeSet(call, attempt)).rejects.toMatchObject({
      message: expect.stringContaining(said),
    });
  });

  test('a restore over a path that is not listed', async () => {
    const call = { ...restoring({ into: { kind: 'place' } }), ...about('/etc') };
    await expect(backups.restoreSet(call, attempt)).rejects.toMatchObject({ code: 'refused' });
  });
});

test('a listed path that is a link itself may be backed up', async () => {
  await symlink(join(folder, 'uploads'), join(folder, 'link'));
  settings = { ...settings, paths: [join(folder, 'link')] };
  await reopen();
  const call = { ...here(), act, repository: 'files', type: 'full' } as const;
  expect(await backups.makeSet(call, attempt)).toEqual(fake.set);
});

test('a repository can be read for a component of another host', async () => {
  const call = { ...about('/on/another/host'), repository: 'files' };
  expect(await backups.readRepository(call, attempt)).toMatchObject({ repository: 'files' });
});

test('a restore over its source is given no folder', async () => {
  await backups.restoreSet(restoring({ into: { kind: 'place' } }), attempt);
  expect(fake.folder).toBeUndefined();
  expect(await records().list()).toEqual([]);
});

test('an agent without a folder for copies does everything else', async () => {
  await writeFile(join(folder, 'file'), '');
  settings = { ...settings, scratch: { folder: join(folder, 'file/copies') } };
  await reopen();
  expect(problems).toEqual(['restored copies cannot be read']);
  const call = { ...here(), act, repository: 'files', type: 'full' } as const;
  expect(await backups.makeSet(call, attempt)).toEqual(fake.set);
  await expect(backups.restoreSet(restoring(), attempt)).rejects.toThrow();
});

test('what calls have left goes at the start of an agent and while it runs, also without a folder for copies', async () => {
  let swept = 0;
  fake.provider.sweep = async () => void (swept += 1);
  settings = { clusters: [], repositories: settings.repositories, paths: settings.paths };
  await reopen();
  expect(swept).toBe(1);
  await backups.sweep();
  expect(swept).toBe(2);
});

describe('a copy', () => {
  test('is restored to a folder of its own, which nobody else can enter', async () => {
    await backups.restoreSet(restoring(), attempt);
    const made = fake.folder ?? '';
    expect(made.startsWith(join(folder, 'copies/'))).toBe(true);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'copies')).mode & 0o777).toBe(0o711);
    expect(await records().read(copy)).toMatchObject({ copy, bytes: 1_000, acts: [act] });
  });

  test('of a set that is not there is refused', async () => {
    await expect(backups.restoreSet(restoring({ label: 'bbbb' }), attempt)).rejects.toMatchObject({
      code: 'refused',
      message: 'repository files has no set bbbb',
    });
    expect(await records().list()).toEqual([]);
  });

  test('that is larger than what is left is refused', async () => {
    fake.bytes = 2 ** 60;
    await expect(backups.restoreSet(restoring(), attempt)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^the copy takes 1073741824\.00 GiB: .* has .* GiB left$/),
    });
  });

  test('is refused where copies take as much as they may', async () => {
    fake.bytes = 2 ** 30;
    settings = {
      ...settings,
      scratch: { folder: join(folder, 'copies'), mostBytes: 1.5 * 2 ** 30 },
    };
    await reopen();
    await backups.restoreSet(restoring(), attempt);
    const second = restoring({ act: { ...act, step: 4 } });
    await expect(backups.restoreSet(second, attempt)).rejects.toMatchObject({
      message:
        'the copy takes 1.00 GiB: copies may take 1.50 GiB together, and 1.00 GiB are in use',
    });
    await backups.removeCopy({ ...here(), copy, act }, attempt);
    await backups.restoreSet(second, attempt);
  });

  test('is refused where the settings name no folder for it', async () => {
    settings = { clusters: [], repositories: settings.repositories, paths: settings.paths };
    await reopen();
    await expect(backups.restoreSet(restoring(), attempt)).rejects.toMatchObject({
      message: expect.stringContaining('its settings name no scratch folder'),
    });
  });

  test('is removed once, after all that runs in it was ended', async () => {
    await backups.restoreSet(restoring(), attempt);
    await writeFile(join(fake.folder ?? '', 'data'), 'kept');
    await backups.runCopy({ ...here(), copy, act: { ...act, step: 4 }, forMs: 1_000 }, attempt);
    const removing = { ...here(), copy, act: { ...act, step: 5 } };
    expect(await backups.removeCopy(removing, attempt)).toEqual({ removed: true });
    expect(fake.done.slice(-3)).toEqual([
      'stop restore/prod/shop/1/3',
      'stop restore/prod/shop/1/4',
      'remove',
    ]);
    expect(existsSync(fake.folder ?? '')).toBe(false);
    expect(await backups.removeCopy(removing, attempt)).toEqual({ removed: false });
  });

  test.each([true, false])('that was removed is not restored again: %s', async (wasThere) => {
    if (wasThere) await backups.restoreSet(restoring(), attempt);
    await backups.removeCopy({ ...here(), copy, act: { ...act, step: 5 } }, attempt);
    await expect(backups.restoreSet(restoring(), attempt)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    await expect(backups.inspectCopy({ ...here(), copy }, attempt)).rejects.toMatchObject({
      code: 'stale-fence',
    });
  });

  test('that nobody restored is not known', async () => {
    await expect(backups.inspectCopy({ ...here(), copy }, attempt)).rejects.toMatchObject({
      code: 'refused',
      message: `there is no copy ${copy} here`,
    });
  });

  test('is kept for its time from the last call about it', async () => {
    await backups.restoreSet(restoring({ keepForMs: 2_000 }), attempt);
    await sleep(50);
    const nowMs = Date.now();
    await backups.inspectCopy({ ...here(), copy }, attempt);
    expect((await records().read(copy))?.removeAtMs).toBeGreaterThanOrEqual(nowMs + 2_000);
  });

  test('whose time is over is removed, also after the agent was killed', async () => {
    await backups.restoreSet(restoring({ keepForMs: 1 }), attempt);
    await backups.close();
    await sleep(20);
    await open();
    expect(existsSync(fake.folder ?? '')).toBe(false);
    expect(fake.done.slice(-2)).toEqual(['stop restore/prod/shop/1/3', 'remove']);
    expect(await records().read(copy)).toMatchObject({ removedAtMs: expect.any(Number) });
  });

  test('is not removed under a call about it', async () => {
    let release: () => void = () => undefined;
    fake.held = new Promise((resolve) => (release = resolve));
    const restored = backups.restoreSet(restoring({ keepForMs: 1 }), attempt);
    await eventually(async () => expect(fake.folder).toBeDefined());
    await sleep(20);
    await backups.sweep();
    expect(existsSync(fake.folder ?? '')).toBe(true);
    release();
    await restored;
    await sleep(20);
    await backups.sweep();
    expect(existsSync(fake.folder ?? '')).toBe(false);
  });

  test('that is removed while it is restored is not written to afterwards', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    fake.provider.restoreSet = async ({ folder: made = '' }, { cancelled }) => {
      fake.folder = made;
      await held;
      if (cancelled.aborted) throw new AgentError('away', 'the repository was being read');
      await mkdir(join(made, 'files'), { recursive: true });
      throw new Error('an act was started too late to be stopped');
    };
    const restored = backups.restoreSet(restoring(), attempt).catch((error: unknown) => error);
    await eventually(async () => expect(fake.folder).toBeDefined());
    const removed = backups.removeCopy({ ...here(), copy, act: { ...act, step: 5 } }, attempt);
    await eventually(async () => expect((await records().read(copy))?.isGoing).toBe(true));
    await sleep(50);
    release();
    expect(await restored).toMatchObject({ code: 'away' });
    expect(await removed).toEqual({ removed: true });
    expect(existsSync(fake.folder ?? '')).toBe(false);
  });

  test('is swept beside files that are no records, which are reported once and kept', async () => {
    await backups.restoreSet(restoring({ keepForMs: 1 }), attempt);
    const strangers = ['cut.json', 'foreign.json', 'list.json', 'folder.json'];
    const paths = strangers.map((name) => join(folder, 'copies', name));
    await writeFile(paths[0]!, '{"copy": "a');
    await writeFile(paths[1]!, '{"name": "of another program"}');
    await writeFile(paths[2]!, 'null');
    await mkdir(paths[3]!);
    await sleep(20);
    await reopen();
    await backups.sweep();
    expect(existsSync(fake.folder ?? '')).toBe(false);
    expect(problems.toSorted()).toEqual(
      paths.map((path) => `${path} is no record of a copy, and is left alone`).toSorted(),
    );
    expect(paths.every((path) => existsSync(path))).toBe(true);
  });

  test('whose removal was interrupted is removed at the next start', async () => {
    await backups.restoreSet(restoring(), attempt);
    await records().beginRemoval({ ...here(), copy });
    await reopen();
    expect(existsSync(fake.folder ?? '')).toBe(false);
  });

  test('that cannot be removed is reported, and tried again', async () => {
    await backups.restoreSet(restoring({ keepForMs: 1 }), attempt);
    const { stop } = fake.tools;
    fake.tools.stop = () => Promise.reject(new Error('the disk is full'));
    await sleep(20);
    await reopen();
    expect(problems).toEqual([`copy ${copy}, whose time is over, cannot be removed yet`]);
    expect(existsSync(fake.folder ?? '')).toBe(true);
    fake.tools.stop = stop;
    await reopen();
    expect(existsSync(fake.folder ?? '')).toBe(false);
  });
});
