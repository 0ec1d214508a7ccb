/** What remains, and what comes back, after parts of the platform die. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { platformLayout } from '../../src/local-platform/state/layout.ts';
import {
  fencesOf,
  isRunning,
  pidsOf,
  PlatformProcess,
  readiness,
  refTo,
  shop,
} from './platform-process.ts';

let platform: PlatformProcess;
const ref = refTo('shop');

beforeEach(async () => {
  platform = new PlatformProcess();
  await platform.start();
});
afterEach(() => platform.clear());

async function allReady(): Promise<void> {
  await vi.waitUntil(
    async () => {
      const { stable } = await platform.service(ref);
      return stable?.replicas.every(({ ready }) => ready);
    },
    { timeout: 60_000, interval: 50 },
  );
}

async function expectGone(pids: number[]): Promise<void> {
  await expect
    .poll(() => Promise.all(pids.map(isRunning)), { timeout: 60_000 })
    .toEqual(pids.map(() => false));
}

async function callAsUsual(url = ''): Promise<string> {
  return ((await (await fetch(url)).json()) as { version: string }).version;
}

test('a replica that keeps crashing shows as not ready, with its exit code and last words', async () => {
  const fences = fencesOf('r1');
  await platform.adapter.claim(ref, fences.next(), 'rollout/one', 'canary');
  const release = shop('v1', { CRASH_AFTER_MS: '50' });
  await platform.adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });

  const replica = await vi.waitUntil(
    async () => {
      const crashing = (await platform.service(ref)).canary?.replicas[0];
      return (
        crashing &&
        crashing.restarts >= 2 &&
        !crashing.ready &&
        crashing.trouble?.includes('exited') &&
        crashing
      );
    },
    { timeout: 60_000, interval: 20 },
  );
  expect(replica.trouble).toMatch(/exited with code 1; stderr: .*ran into the fault/);
});

test('a replica killed from outside comes back, and callers reach the other one meanwhile', async () => {
  const { stable, url } = await platform.firstRelease(ref, shop('v1'));
  const [victim = 0, other = 0] = await pidsOf(stable);
  process.kill(victim, 'SIGKILL');
  await expectGone([victim]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => callAsUsual(url)));
  expect(new Set(answers)).toEqual(new Set(['v1']));
  await vi.waitUntil(
    async () => {
      const { stable: now } = await platform.service(ref);
      return now?.replicas.every(({ ready }) => ready) && now.replicas[0]?.restarts === 1;
    },
    { timeout: 60_000, interval: 50 },
  );
  const pids = await pidsOf((await platform.service(ref)).stable);
  expect(pids).toContain(other);
  expect(pids).not.toContain(victim);
});

test('the reason is shown if a program cannot be started', async () => {
  const fences = fencesOf('r1');
  await platform.adapter.claim(ref, fences.next(), 'rollout/one', 'canary');
  const release = { version: 'v1', command: ['no-such-program'] };
  await platform.adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });
  await expect
    .poll(async () => (await platform.service(ref)).canary?.replicas[0]?.trouble, {
      timeout: 60_000,
    })
    .toMatch(/exited with code 127; stderr: .*no-such-program/);
});

test('after SIGKILL the next start goes on with the same replicas at the same address', async () => {
  const { stable, url } = await platform.firstRelease(ref, shop('v1'), 3);
  const before = await pidsOf(stable);
  await platform.end('SIGKILL');
  await platform.start();
  await allReady();
  const after = await platform.service(ref);
  expect(after.url).toBe(url);
  expect((await pidsOf(after.stable)).sort()).toEqual(before.sort());
  expect(await callAsUsual(url)).toBe('v1');

  // An adopted replica is watched and stopped like any other, though it is nobody's child now.
  const [victim = 0] = before;
  process.kill(victim, 'SIGKILL');
  await allReady();
  await expect
    .poll(async () => pidsOf((await platform.service(ref)).stable), { timeout: 60_000 })
    .not.toContain(victim);
});

test('replicas that died while no platform ran are started again, under the same names', async () => {
  const { stable } = await platform.firstRelease(ref, shop('v1'));
  const pids = await pidsOf(stable);
  await platform.end('SIGKILL');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await platform.start();
  await allReady();
  const { stable: after } = await platform.service(ref);
  expect(after?.replicas.map(({ name }) => name)).toEqual(stable?.replicas.map(({ name }) => name));
});

test('a canary that was being removed when the platform was killed is gone after the next start', async () => {
  await platform.firstRelease(ref, shop('v1'));
  const fences = fencesOf('r2');
  await platform.adapter.claim(ref, fences.next(), 'rollout/two', 'canary');
  const canary = { release: shop('v2', { LATENCY_MS: '3000' }), replicas: 2, readiness };
  await platform.adapter.applyCanary(ref, fences.next(), canary);
  const replicas = (await platform.canaryReady(ref)).replicas;
  const pids = await pidsOf({ ...(await platform.canaryReady(ref)), replicas });
  await platform.adapter.setWeight(ref, fences.next(), 100);
  // Open requests keep the removal draining until the platform is killed.
  const { url = '' } = await platform.service(ref);
  const open = [fetch(url), fetch(url)].map((answer) => answer.catch(() => undefined));
  await platform.adapter.setWeight(ref, fences.next(), 0);
  const removal = platform.adapter.removeCanary(ref, fences.next()).catch(() => undefined);
  await vi.waitUntil(async () => !(await platform.service(ref)).canary, {
    timeout: 60_000,
    interval: 20,
  });
  await platform.end('SIGKILL');
  await Promise.all([...open, removal]);
  await platform.start();
  await expectGone(pids);
  expect((await platform.service(ref)).canary).toBeUndefined();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops every replica, and the next start runs them again at the same addresses',
  async (signal) => {
    const { stable, url } = await platform.firstRelease(ref, shop('v1'));
    const pids = await pidsOf(stable);
    const address = platform.runFile()?.url;
    expect(await platform.end(signal)).toBe(0);
    await expectGone(pids);
    expect(platform.runFile()).toBeUndefined();

    await platform.start();
    await allReady();
    expect(platform.runFile()?.url).toBe(address);
    expect(await callAsUsual(url)).toBe('v1');
    expect((await platform.service(ref)).revision).toBe(1);
  },
);

test('the children of a replica are stopped with it', async () => {
  const fences = fencesOf('r1');
  await platform.adapter.claim(ref, fences.next(), 'rollout/one', 'canary');
  const release = { version: 'v1', command: ['sh', '-c', 'sleep 1000 & echo child $!; wait'] };
  await platform.adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });
  const child = await vi.waitUntil(
    async () => /child (\d+)/.exec(await platform.adapter.readLogs(ref))?.[1],
    { timeout: 60_000, interval: 50 },
  );
  expect(await isRunning(Number(child))).toBe(true);
  await platform.adapter.removeCanary(ref, fences.next());
  await expectGone([Number(child)]);
});

test('a second platform of the same home refuses to start and names the first', async () => {
  const second = platform.spawn();
  const code = await new Promise((resolve) => second.once('exit', resolve));
  expect(code).toBe(1);
  expect(platform.output).toContain(`process ${platform.runFile()?.pid ?? 0} already runs`);
  expect(
    readdirSync(join(platform.home, 'platform')).filter((name) => name.startsWith('lock')),
  ).toEqual(['lock']);
  expect(await platform.adapter.listServices()).toEqual([]);
});

test('state that cannot be read stops the start and names the file', async () => {
  await platform.firstRelease(ref, { version: 'v1', inProcess: { status: 200 } });
  await platform.end('SIGTERM');
  const { record } = platformLayout(platform.home).service('test', 'shop');
  const text = readFileSync(record, 'utf8');
  writeFileSync(record, '{ "format": 2 }');
  const refused = platform.spawn();
  expect(await new Promise((resolve) => refused.once('exit', resolve))).toBe(1);
  expect(platform.output).toContain(`${record} is damaged`);
  writeFileSync(record, text);
});
