import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { supervise, type Supervised } from '../../src/embedded/supervise.ts';
import { isAlive, stopProcess } from '../../src/processes/identity.ts';
import { spawnLogged, type SpawnedProcess } from '../../src/processes/spawn-logged.ts';
import { eventually } from '../fixtures/eventually.ts';

type Sleeper = SpawnedProcess & { stop: () => Promise<void> };

const backoff = { firstMs: 20, maxMs: 80, healthyAfterMs: 60_000 };
let folder: string;
let lives: Sleeper[];
let logged: string[];
let supervised: Supervised<Sleeper> | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-supervise-'));
  [lives, logged, supervised] = [[], [], undefined];
});

afterEach(async () => {
  await supervised?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startSleeper(): Promise<Sleeper> {
  const spawned = await spawnLogged('sleep', ['600'], { logFile: join(folder, 'log') });
  const stop = async () => {
    await stopProcess(spawned, { graceMs: 2_000 });
  };
  const life = { ...spawned, stop };
  lives.push(life);
  return life;
}

async function keepSleeping(start = startSleeper): Promise<void> {
  supervised = await supervise(
    { name: 'sleeper', start },
    { log: (line) => logged.push(line), signal: new AbortController().signal, backoff },
  );
}

/** The newest process, once there have been that many. */
async function life(number: number): Promise<Sleeper> {
  return eventually(async () => {
    const newest = lives[number - 1];
    if (!newest) throw new Error(`only ${lives.length} so far`);
    return Promise.resolve(newest);
  });
}

test('starts a part again when it dies, waiting longer each time, and says so', async () => {
  await keepSleeping();
  for (const number of [1, 2, 3]) process.kill((await life(number)).pid, 'SIGKILL');
  expect(await isAlive(await life(4))).toBe(true);
  await eventually(async () => {
    if (logged.length < 6) throw new Error(`said only ${logged.length} things`);
    return Promise.resolve();
  });
  expect(logged).toEqual([
    'the sleeper exited (SIGKILL); restarting it in 0.02 s',
    'the sleeper is running again',
    'the sleeper exited (SIGKILL); restarting it in 0.04 s',
    'the sleeper is running again',
    'the sleeper exited (SIGKILL); restarting it in 0.08 s',
    'the sleeper is running again',
  ]);
});

test('keeps trying when a part cannot be restarted at once', async () => {
  let refusals = 2;
  await keepSleeping(async () => {
    if (lives.length > 0 && refusals-- > 0) throw new Error('no memory');
    return startSleeper();
  });
  process.kill((await life(1)).pid, 'SIGKILL');
  expect(await isAlive(await life(2))).toBe(true);
  expect(logged.filter((line) => line.includes('no memory'))).toHaveLength(2);
});

test('leaves nothing running after a stop, and starts nothing afterwards', async () => {
  await keepSleeping();
  await supervised?.stop();
  expect(await isAlive(await life(1))).toBe(false);
  expect(logged).toEqual([]);
  expect(lives).toHaveLength(1);
});

test('also stops a part that was being started', async () => {
  await keepSleeping();
  process.kill((await life(1)).pid, 'SIGKILL');
  await life(2);
  await supervised?.stop();
  expect(await Promise.all(lives.map(isAlive))).not.toContain(true);
});

test('fails when a part does not start the first time', async () => {
  await expect(keepSleeping(() => Promise.reject(new Error('no memory')))).rejects.toThrow(
    'no memory',
  );
});
