import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { Acts } from '../../../src/agent/acts/acts.ts';
import { findMarked } from '../../../src/agent/programs/marked-processes.ts';
import { createTools } from '../../../src/agent/tools/create-tools.ts';
import { createStartWatchdog } from '../../../src/agent/watchdog/start-watchdog.ts';
import { ownProgram } from '../../../src/embedded/own-process.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';

const programs = await requireBackupPrograms('backups of PostgreSQL by an agent');
const cipherPass = 'the passphrase of a test';

describe.skipIf(programs === undefined)('by the tools of an agent', () => {
  let world: BackupWorld;
  let stateFolder: string;
  afterEach(async () => {
    await world.close();
    await rm(stateFolder, { recursive: true, force: true });
  });

  test('an encrypted set is made, checked and restored, and its server ends cleanly when it is not wanted', async () => {
    world = await BackupWorld.open(programs!, { cipherPass });
    stateFolder = await mkdtemp(join(tmpdir(), 'belay-agent-'));
    const instance = `pgbackrest-test-${process.pid}`;
    const store = new ActStore(stateFolder);
    const startWatchdog = createStartWatchdog(ownProgram('src/agent/watchdog/main'));
    const acts = new Acts({ store, startWatchdog, instance });
    world.provider = world.providerFor({}, createTools({ store, acts, instance }));
    const set = await world.makeSet();
    expect((await world.check(set.label)).damage).toEqual([]);
    const { copy, remarks } = await world.restore(set.label, { kind: 'latest' });
    expect(remarks).toBeUndefined();
    await world.asking(copy, async ({ state, detail }) => {
      expect(state, detail).toBe('promoted');
      expect((await findMarked(instance)).length).toBeGreaterThan(0);
      expect(await world.assert(copy, { kind: 'structure' })).toMatchObject([{ passed: true }]);
    });
    expect(await findMarked(instance)).toEqual([]);
    expect(await world.assert(copy, { kind: 'checksums' })).toMatchObject([{ passed: true }]);
    expect(await world.remove(copy)).toEqual({ removed: true });
  });
});
