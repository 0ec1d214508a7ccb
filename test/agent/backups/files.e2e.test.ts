import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBackups, type OpenBackups } from '../../../src/agent/backups/open-backups.ts';
import { openHost, type OpenHost } from '../../../src/agent/host.ts';
import { createStartWatchdog } from '../../../src/agent/watchdog/start-watchdog.ts';
import { copyName } from '../../../src/contracts/backups/store.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import type { BackupSettings } from '../../../src/specs/backups/agent-settings.ts';
import { createBackupProviders } from '../../../workers/backup-providers.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { builtProgram } from '../../fixtures/built.ts';

const programs = await requireBackupPrograms('files by an agent');
const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

describe.skipIf(programs === undefined)('files, backed up by an agent with its watchdogs', () => {
  let folder: string;
  let host: OpenHost;
  let backups: OpenBackups;
  let settings: BackupSettings;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-agent-files-'));
    await mkdir(join(folder, 'uploads'));
    await writeFile(join(folder, 'uploads/one'), 'one');
    await writeFile(join(folder, 'password'), 'open sesame');
    settings = {
      ...{ clusters: [], paths: [join(folder, 'uploads')] },
      scratch: { folder: join(folder, 'copies') },
      repositories: [
        {
          ...{ name: 'files', program: programs!.restic, location: join(folder, 'repository') },
          ...{ create: true, environment: {} },
          secrets: { RESTIC_PASSWORD: { file: join(folder, 'password') } },
        },
      ],
    };
    await open();
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<void> {
    const stateFolder = join(folder, 'state');
    host = await openHost({
      settings: { name: 'files-1', stateFolder, commands: [], probes: [] },
      startWatchdog: createStartWatchdog(await builtProgram('src/agent/watchdog/main')),
      onError: () => undefined,
      onSwept: () => undefined,
    });
    const { tools } = host;
    const providers = createBackupProviders({ tools, settings, stateFolder });
    const onError = () => undefined;
    backups = await openBackups({ agent: 'files-1', settings, tools, providers, onError });
  }

  async function close(): Promise<void> {
    await backups.close();
    await host.close();
  }

  function call(step: number) {
    const source = { kind: 'files' as const, paths: [join(folder, 'uploads')], exclude: [] };
    return {
      ...{ contract: agentContract, agent: 'files-1', repository: 'files' },
      plan: { environment: 'prod', backup: 'shop' },
      component: { name: 'uploads', agent: 'files-1', source, repositories: ['files'] },
      act: { runRef: '20261129T080000Z-0a1b2c3d', step },
    };
  }

  test('a set is made, checked, restored beside, compared, removed and expired', async () => {
    expect((await backups.examineSource(call(0), attempt)).refusals).toEqual([]);
    const { label } = await backups.makeSet({ ...call(1), type: 'full' }, attempt);
    const extent = { kind: 'all' as const };
    expect(await backups.checkSet({ ...call(2), label, extent }, attempt)).toMatchObject({
      damage: [],
    });
    const into = { kind: 'copy' as const };
    const target = { kind: 'latest' as const };
    const restored = await backups.restoreSet(
      { ...call(3), label, into, target, keepForMs: 60_000 },
      attempt,
    );
    expect(await readFile(join(restored.folder, folder, 'uploads/one'), 'utf8')).toBe('one');
    const copy = copyName(call(3).act);
    const assertions = [{ kind: 'files' as const }];
    expect(await backups.assertCopy({ ...call(4), copy, assertions }, attempt)).toMatchObject([
      { passed: true },
    ]);
    expect(await backups.removeCopy({ ...call(5), copy }, attempt)).toEqual({ removed: true });
    expect(existsSync(restored.folder)).toBe(false);
    expect(await backups.expireSets({ ...call(6), labels: [label] }, attempt)).toMatchObject({
      gone: [label],
    });
  });

  test('a backup goes on while its agent is away, and the next agent gets its set', async () => {
    await backups.makeSet({ ...call(1), type: 'full' }, attempt);
    await writeFile(join(folder, 'uploads/large'), randomBytes(60_000_000));
    const leaving = new AbortController();
    const making = backups.makeSet(
      { ...call(2), type: 'incremental' },
      {
        ...attempt,
        leaving: leaving.signal,
        onProgress: ({ phase }) => {
          if (phase === 'running') leaving.abort();
        },
      },
    );
    await expect(making).rejects.toMatchObject({ code: 'away' });
    await close();
    await open();
    const set = await backups.makeSet({ ...call(2), type: 'incremental' }, attempt);
    expect(set.bytes).toBeGreaterThan(60_000_000);
    const { sets } = await backups.readRepository(call(0), attempt);
    expect(sets.map(({ madeBy }) => madeBy)).toEqual([
      '20261129T080000Z-0a1b2c3d/1',
      '20261129T080000Z-0a1b2c3d/2',
    ]);
  });
});
