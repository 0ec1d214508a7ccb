import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, type ProcessIdentity } from '../../../src/processes/identity.ts';
import { adopt, launch } from '../../../src/local-platform/replicas/running-process.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-launch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writing(file: string) {
  return {
    command: ['sh', '-c', `echo "$GREETING" > ${file}; exit 3`],
    env: { PATH: process.env['PATH'] ?? '', GREETING: 'hello' },
    folder,
    logs: { out: join(folder, 'logs', 'out'), err: join(folder, 'logs', 'err') },
  };
}

test('a program runs only after its process is on record', async () => {
  const recorded: ProcessIdentity[] = [];
  const running = await launch(writing('mark'), async (identity) => {
    expect(existsSync(join(folder, 'mark'))).toBe(false);
    recorded.push(identity);
  });
  expect(await running.exited).toBe('exited with code 3');
  expect(recorded).toEqual([running.identity]);
  expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('hello\n');
});

test('a program whose process could not be recorded never runs', async () => {
  let identity: ProcessIdentity | undefined;
  const failing = launch(writing('mark'), (found) => {
    identity = found;
    return Promise.reject(new Error('disk full'));
  });
  await expect(failing).rejects.toThrow('disk full');
  await expect.poll(() => identity && isAlive(identity), { timeout: 10_000 }).toBe(false);
  expect(existsSync(join(folder, 'mark'))).toBe(false);
});

test('a folder that does not exist is named', async () => {
  const nowhere = { ...writing('mark'), folder: join(folder, 'nowhere') };
  await expect(launch(nowhere, async () => undefined)).rejects.toThrow(
    `there is no folder ${nowhere.folder}`,
  );
});

test('the exit of a process that was taken over is noticed', async () => {
  const child = await launch(
    { ...writing('mark'), command: ['sleep', '1000'] },
    async () => undefined,
  );
  const { exited } = adopt(child.identity);
  process.kill(child.identity.pid, 'SIGKILL');
  expect(await exited).toMatch(/^exited/);
});
