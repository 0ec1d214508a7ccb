import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  stageOf,
  type Stage,
} from '../../../src/adapters/kubernetes-objects/objects/object-files.ts';
import { Stages } from '../../../src/adapters/kubernetes-objects/objects/stages.ts';

const act = { runRef: 'backup/prod/shop/1', step: 3 };
const minuteMs = 60_000;
let folder: string;
let stopped: string[];
let stage: Stage;

const open = () =>
  new Stages(folder, { stop: async ({ runRef, step }) => void stopped.push(`${runRef}/${step}`) });
const inMinutes = (count: number) => Date.now() + count * minuteMs;

async function put(name: 'objects' | 'files'): Promise<void> {
  await mkdir(join(stage.folder, name));
  await writeFile(join(stage.folder, name, 'secret.json'), 'in plain text');
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-stages-'));
  stopped = [];
  await open().during(act, async (one) => void (stage = one));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each(['objects', 'files'] as const)(
  'what a dead agent has left in %s goes without another backup, once what reads it has ended',
  async (name) => {
    await put(name);
    const stages = open();
    await stages.sweep(inMinutes(4));
    expect(existsSync(stage.folder)).toBe(true);
    expect(stopped).toEqual([]);
    await stages.sweep(inMinutes(6));
    expect(existsSync(stage.folder)).toBe(false);
    expect(stopped).toEqual(['backup/prod/shop/1/3']);
  },
);

test('nothing goes under a call that needs it', async () => {
  const stages = open();
  await stages.during(act, async () => {
    await put('objects');
    await stages.sweep(inMinutes(60));
    expect(existsSync(stage.objects)).toBe(true);
  });
  await stages.sweep(inMinutes(60));
  expect(existsSync(stage.folder)).toBe(false);
});

test('of a restore in place, the Secrets go and what was done is remembered for a day', async () => {
  await put('files');
  await writeFile(join(stage.folder, 'applied.json'), '{}');
  const stages = open();
  await stages.sweep(inMinutes(6));
  expect(existsSync(join(stage.folder, 'files'))).toBe(false);
  expect(existsSync(join(stage.folder, 'applied.json'))).toBe(true);
  await stages.sweep(inMinutes(25 * 60));
  expect(existsSync(stage.folder)).toBe(false);
});

test.each([
  ['a/b', 1, 'a_b', 1],
  ['a-1', 2, 'a', 12],
  ['run', 1, 'run', 2],
])('the stage of %s/%s is not that of %s/%s', (one, step, other, otherStep) => {
  const { folder: first } = stageOf(folder, { runRef: one, step });
  expect(dirname(first)).toBe(folder);
  expect(stageOf(folder, { runRef: other, step: otherStep }).folder).not.toBe(first);
});
