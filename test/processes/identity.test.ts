import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { identify, identifySelf, isAlive, stopProcess } from '../../src/processes/identity.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function startNode(program: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', `${program}; console.log('up')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

test('recognises the same process, and not another one that has its pid', async () => {
  const self = await identifySelf();
  expect(await isAlive(self)).toBe(true);
  expect(await isAlive({ ...self, startTime: 'another boot/1' })).toBe(false);
});

test('says that a pid nobody has is nobody', async () => {
  expect(await identify(2 ** 22 + 1)).toBeUndefined();
  expect(await identify(-1)).toBeUndefined();
});

test('stops a process that listens to SIGTERM', async () => {
  const identity = (await identify(await startNode('setInterval(() => {}, 1000)')))!;
  expect(await stopProcess(identity, { graceMs: 5_000 })).toBe('stopped');
  expect(await isAlive(identity)).toBe(false);
  expect(await stopProcess(identity, { graceMs: 5_000 })).toBe('was-gone');
});

test('kills a process that ignores SIGTERM when its grace is over', async () => {
  const pid = await startNode(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`);
  const identity = (await identify(pid))!;
  expect(await stopProcess(identity, { graceMs: 100 })).toBe('killed');
});

test('never signals a stranger that took the pid over', async () => {
  const identity = (await identify(await startNode('setInterval(() => {}, 1000)')))!;
  const predecessor = { ...identity, startTime: 'another boot/1' };
  expect(await stopProcess(predecessor, { graceMs: 5_000 })).toBe('was-gone');
  expect(await isAlive(identity)).toBe(true);
});
