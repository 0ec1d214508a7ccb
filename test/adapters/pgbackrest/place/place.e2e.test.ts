import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupSet } from '../../../../src/contracts/backups/backup-set.ts';
import type { PlaceHost } from '../../../../src/contracts/backups/provider.ts';
import type { RunStep } from '../../../../src/contracts/kernel/agent.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { BackupWorld } from '../../../../scripts/backup-worlds/backup-world.ts';

const programs = await requireBackupPrograms('restores in the place of a database');

describe.skipIf(programs === undefined)('the place of a database', () => {
  let world: BackupWorld;
  let place: PlaceHost;
  let set: BackupSet;

  beforeAll(async () => {
    world = await BackupWorld.open(programs!);
    place = world.provider.place!;
    await world.cluster.sql('CREATE TABLE orders AS SELECT 1 AS id');
    set = await world.makeSet();
    await world.cluster.sql('INSERT INTO orders VALUES (2)');
    await world.cluster.archiveLog();
  }, 120_000);
  afterAll(() => world.close());

  const act = () => ({ ...world.call, act: world.nextAct() });
  const at = (of: RunStep) => ({ ...act(), place: of });
  const orders = async () => (await world.cluster.sql('SELECT id FROM orders ORDER BY 1')).length;
  const restoreNext = async (target: 'set' | 'latest') => {
    const { dataFolder } = world.cluster;
    const call = { ...act(), repository: 'main', label: set.label, target: { kind: target } };
    const wanted = { ...call, into: { kind: 'next' as const }, keepForMs: 0 };
    const restored = await world.provider.restoreSet(wanted, world.attempt());
    expect(restored.folder.startsWith(`${dataFolder}.belay-next-`)).toBe(true);
    return { of: call.act, reaches: restored.reaches };
  };
  const beside = async () => {
    const { dataFolder } = world.cluster;
    const names = await readdir(dirname(dataFolder));
    return names.filter((name) => name.startsWith(`${basename(dataFolder)}.`));
  };
  const serving = (reaches?: string) =>
    eventually(async () => {
      const asked = { ...world.call, ...(reaches !== undefined && { reaches }) };
      const state = await place.inspectServer(asked, world.attempt());
      if (state.state !== 'promoted') throw new Error(`${state.state}: ${state.detail}`);
      return state;
    });

  test('takes a restored cluster while the other one is kept, and takes that back', async () => {
    const asked = { ...world.call, bytes: set.bytes, keep: true };
    expect(await place.examinePlace(asked, world.attempt())).toMatchObject({
      ...{ refusals: [], remarks: [], running: true },
      ...{ identity: set.identity, timeline: 1 },
    });
    const { of, reaches } = await restoreNext('latest');
    expect(reaches).toBeDefined();
    await expect(place.swapIn(at(of), world.attempt())).rejects.toThrow('stop it first');
    expect(await place.stopServer(act(), world.attempt())).toEqual({ wasRunning: true });
    expect(await place.stopServer(act(), world.attempt())).toEqual({ wasRunning: false });
    const { folder } = await place.swapIn(at(of), world.attempt());
    expect(await place.swapIn(at(of), world.attempt())).toEqual({ folder });
    await place.startServer(act(), world.attempt());
    expect(await serving(reaches)).toMatchObject({ timeline: 2, identity: set.identity });
    expect(await orders()).toBe(2);
    await world.cluster.sql('INSERT INTO orders VALUES (3)');
    await world.cluster.archiveLog();

    await expect(place.putBack(at(of), world.attempt())).rejects.toThrow('stop it first');
    await place.stopServer(act(), world.attempt());
    const back = { isReplaced: false, isStartable: true, running: false };
    expect(await place.putBack(at(of), world.attempt())).toEqual(back);
    expect(await place.putBack(at(of), world.attempt())).toEqual(back);
    await place.startServer(act(), world.attempt());
    expect(await serving()).toMatchObject({ timeline: 1 });
    expect(await orders()).toBe(2);
    expect(await beside()).toEqual([]);
  }, 120_000);

  test('is not taken where the file of a Patroni is in the data folder', async () => {
    const file = join(world.cluster.dataFolder, 'patroni.dynamic.json');
    await world.cluster.as('/usr/bin/touch', file);
    const asked = { ...world.call, bytes: set.bytes, keep: true };
    const { refusals } = await place.examinePlace(asked, world.attempt());
    expect(refusals.join()).toContain(`Patroni is in charge of cluster main (${file} is there)`);
    const { database } = await world.provider.examineSource(world.call, world.attempt());
    expect(database?.managedBy).toBe(`${file} is there`);
    await world.cluster.as('/bin/rm', file);
  }, 120_000);

  test('carries on with a swap that was cut short, keeps the former folder until its time, and then removes it', async () => {
    const { of } = await restoreNext('set');
    await place.stopServer(act(), world.attempt());
    const { dataFolder } = world.cluster;
    const kept = `${dataFolder}.belay-kept-${(await beside())[0]?.slice(-12)}`;
    await world.cluster.as('/bin/mv', dataFolder, kept);
    expect(await place.swapIn(at(of), world.attempt())).toEqual({ folder: kept });
    await place.startServer(act(), world.attempt());
    await serving();
    expect(await orders()).toBe(1);
    const untilMs = Date.now() + 3_600_000;
    const { folder } = await place.keepReplaced({ ...at(of), untilMs }, world.attempt());
    await world.provider.sweep?.(world.attempt());
    expect(await beside()).toEqual([basename(folder)]);
    await world.cluster.as(
      '/bin/mv',
      folder,
      `${dataFolder}.belay-replaced-until-20200101T000000Z`,
    );
    await world.provider.sweep?.(world.attempt());
    expect(await beside()).toEqual([]);
  }, 120_000);
});
