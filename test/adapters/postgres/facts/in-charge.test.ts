import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whoIsInCharge } from '../../../../src/adapters/postgres/facts/in-charge.ts';

let dataFolder: string;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'belay-in-charge-'));
});

afterEach(() => rm(dataFolder, { recursive: true }));

const settings = { url: 'http://127.0.0.1:8008', secrets: {} };

it.each([
  ['nobody', {}, undefined],
  ['nobody, by somebody’s own custom.conf', { 'custom.conf': 'work_mem = 8MB' }, undefined],
  ['a Patroni', { 'patroni.dynamic.json': '{}' }, 'Patroni'],
  ['CloudNativePG', { 'custom.conf': "cnpg.config_sha256 = '5f3c'\n" }, 'CloudNativePG'],
])('finds that %s is in charge by the files of the data folder', async (_, files, manager) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(dataFolder, name), text);
  expect((await whoIsInCharge({ name: 'main', dataFolder }))?.manager).toBe(manager);
});

it('finds a Patroni by the settings of the agent alone', async () => {
  const inCharge = await whoIsInCharge({ name: 'main', dataFolder, patroni: settings });
  expect(inCharge).toMatchObject({ manager: 'Patroni' });
});
