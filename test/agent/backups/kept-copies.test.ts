import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentError } from '../../../src/contracts/kernel/agent-host.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { act, attempt, copy, OpenedBackups } from './opened-backups.ts';

let opened: OpenedBackups;

beforeEach(async () => {
  opened = await OpenedBackups.open();
});
afterEach(() => opened.remove());

describe('a copy', () => {
  test('is restored to a folder of its own, which nobody else can enter', async () => {
    await opened.calls.restoreSet(opened.restoring(), attempt);
    const made = opened.fake.folder ?? '';
    expect(made.startsWith(join(opened.folder, 'copies/'))).toBe(true);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(join(opened.folder, 'copies')).mode & 0o777).toBe(0o711);
    expect(await opened.records().read(copy)).toMatchObject({ copy, bytes: 1_000, acts: [act] });
  });

  test('of a set that is not there is refused', async () => {
    await expect(
      opened.calls.restoreSet(opened.restoring({ label: 'bbbb' }), attempt),
    ).rejects.toMatchObject({
      code: 'refused',
      message: 'repository files has no set bbbb',
    });
    expect(await opened.records().list()).toEqual([]);
  });

  test('that is larger than what is left is refused', async () => {
    opened.fake.bytes = 2 ** 60;
    await expect(opened.calls.restoreSet(opened.restoring(), attempt)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^the copy takes 1073741824\.00 GiB: .* has .* GiB left$/),
    });
  });

  test('is refused where copies take as much as they may', async () => {
    opened.fake.bytes = 2 ** 30;
    opened.settings = {
      ...opened.settings,
      scratch: { folder: join(opened.folder, 'copies'), mostBytes: 1.5 * 2 ** 30 },
    };
    await opened.reopen();
    await opened.calls.restoreSet(opened.restoring(), attempt);
    const second = opened.restoring({ act: { ...act, step: 4 } });
    await expect(opened.calls.restoreSet(second, attempt)).rejects.toMatchObject({
      message:
        'the copy takes 1.00 GiB: copies may take 1.50 GiB together, and 1.00 GiB are in use',
    });
    await opened.calls.removeCopy({ ...opened.here(), copy, act }, attempt);
    await opened.calls.restoreSet(second, attempt);
  });

  test('is refused where the settings name no folder for it', async () => {
    opened.settings = opened.withoutCopies();
    await opened.reopen();
    await expect(opened.calls.restoreSet(opened.restoring(), attempt)).rejects.toMatchObject({
      message: expect.stringContaining('its settings name no scratch folder'),
    });
  });

  test('is removed once, after all that runs in it was ended', async () => {
    await opened.calls.restoreSet(opened.restoring(), attempt);
    await writeFile(join(opened.fake.folder ?? '', 'data'), 'kept');
    await opened.calls.runCopy(
      { ...opened.here(), copy, act: { ...act, step: 4 }, forMs: 1_000 },
      attempt,
    );
    const removing = { ...opened.here(), copy, act: { ...act, step: 5 } };
    expect(await opened.calls.removeCopy(removing, attempt)).toEqual({ removed: true });
    expect(opened.fake.done.slice(-3)).toEqual([
      'stop restore/prod/shop/1/3',
      'stop restore/prod/shop/1/4',
      'remove',
    ]);
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
    expect(await opened.calls.removeCopy(removing, attempt)).toEqual({ removed: false });
  });

  test.each([true, false])('that was removed is not restored again: %s', async (wasThere) => {
    if (wasThere) await opened.calls.restoreSet(opened.restoring(), attempt);
    await opened.calls.removeCopy({ ...opened.here(), copy, act: { ...act, step: 5 } }, attempt);
    await expect(opened.calls.restoreSet(opened.restoring(), attempt)).rejects.toMatchObject({
      code: 'stale-fence',
    });
    await expect(
      opened.calls.inspectCopy({ ...opened.here(), copy }, attempt),
    ).rejects.toMatchObject({
      code: 'stale-fence',
    });
  });

  test('that nobody restored is not known', async () => {
    await expect(
      opened.calls.inspectCopy({ ...opened.here(), copy }, attempt),
    ).rejects.toMatchObject({
      code: 'refused',
      message: `there is no copy ${copy} here`,
    });
  });

  test('is kept for its time from the last call about it', async () => {
    await opened.calls.restoreSet(opened.restoring({ keepForMs: 2_000 }), attempt);
    await sleep(50);
    const nowMs = Date.now();
    await opened.calls.inspectCopy({ ...opened.here(), copy }, attempt);
    expect((await opened.records().read(copy))?.removeAtMs).toBeGreaterThanOrEqual(nowMs + 2_000);
  });

  test('whose time is over is removed, also after the agent was killed', async () => {
    await opened.calls.restoreSet(opened.restoring({ keepForMs: 1 }), attempt);
    await opened.close();
    await sleep(20);
    await opened.reopen();
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
    expect(opened.fake.done.slice(-2)).toEqual(['stop restore/prod/shop/1/3', 'remove']);
    expect(await opened.records().read(copy)).toMatchObject({ removedAtMs: expect.any(Number) });
  });

  test('is not removed under a call about it', async () => {
    let release: () => void = () => undefined;
    opened.fake.held = new Promise((resolve) => (release = resolve));
    const restored = opened.calls.restoreSet(opened.restoring({ keepForMs: 1 }), attempt);
    await eventually(async () => expect(opened.fake.folder).toBeDefined());
    await sleep(20);
    await opened.calls.sweep();
    expect(existsSync(opened.fake.folder ?? '')).toBe(true);
    release();
    await restored;
    await sleep(20);
    await opened.calls.sweep();
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
  });

  test('that is removed while it is restored is not written to afterwards', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    opened.fake.provider.restoreSet = async ({ folder: made = '' }, { cancelled }) => {
      opened.fake.folder = made;
      await held;
      if (cancelled.aborted) throw new AgentError('away', 'the repository was being read');
      await mkdir(join(made, 'files'), { recursive: true });
      throw new Error('an act was started too late to be stopped');
    };
    const restored = opened.calls
      .restoreSet(opened.restoring(), attempt)
      .catch((error: unknown) => error);
    await eventually(async () => expect(opened.fake.folder).toBeDefined());
    const removed = opened.calls.removeCopy(
      { ...opened.here(), copy, act: { ...act, step: 5 } },
      attempt,
    );
    await eventually(async () => expect((await opened.records().read(copy))?.isGoing).toBe(true));
    await sleep(50);
    release();
    expect(await restored).toMatchObject({ code: 'away' });
    expect(await removed).toEqual({ removed: true });
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
  });

  test('is swept beside files that are no records, which are reported once and kept', async () => {
    await opened.calls.restoreSet(opened.restoring({ keepForMs: 1 }), attempt);
    const strangers = ['cut.json', 'foreign.json', 'list.json', 'folder.json'];
    const paths = strangers.map((name) => join(opened.folder, 'copies', name));
    await writeFile(paths[0]!, '{"copy": "a');
    await writeFile(paths[1]!, '{"name": "of another program"}');
    await writeFile(paths[2]!, 'null');
    await mkdir(paths[3]!);
    await sleep(20);
    await opened.reopen();
    await opened.calls.sweep();
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
    expect(opened.problems.toSorted()).toEqual(
      paths.map((path) => `${path} is no record of a copy, and is left alone`).toSorted(),
    );
    expect(paths.every((path) => existsSync(path))).toBe(true);
  });

  test('whose removal was interrupted is removed at the next start', async () => {
    await opened.calls.restoreSet(opened.restoring(), attempt);
    await opened.records().beginRemoval({ ...opened.here(), copy });
    await opened.reopen();
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
  });

  test('that cannot be removed is reported, and tried again', async () => {
    await opened.calls.restoreSet(opened.restoring({ keepForMs: 1 }), attempt);
    const { stop } = opened.fake.tools;
    opened.fake.tools.stop = () => Promise.reject(new Error('the disk is full'));
    await sleep(20);
    await opened.reopen();
    expect(opened.problems).toEqual([`copy ${copy}, whose time is over, cannot be removed yet`]);
    expect(existsSync(opened.fake.folder ?? '')).toBe(true);
    opened.fake.tools.stop = stop;
    await opened.reopen();
    expect(existsSync(opened.fake.folder ?? '')).toBe(false);
  });
});
