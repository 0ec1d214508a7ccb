import { chmod, copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endMarked, findMarked } from '../../src/agent/programs/marked-processes.ts';
import { runProgram } from '../../src/agent/programs/run-program.ts';
import { identify } from '../../src/processes/identity.ts';
import type { ProgramSettings } from '../../src/specs/kernel/agent.ts';

const program: ProgramSettings = {
  ...{ environment: {}, secrets: {}, timeoutMs: 10_000, graceMs: 100, maxOutputBytes: 4_096 },
};
const stop = new AbortController().signal;
const runArgv = (argv: string[], mark: string) =>
  runProgram({ argv, program, secrets: [], mark }, { stop });
const run = (script: string, mark: string) => runArgv(['/bin/sh', '-c', script], mark);

test('what a program has just started when it ends is ended, every time', async () => {
  for (let time = 0; time < 40; time += 1) {
    const mark = `programs-test-${process.pid}/${time}/`;
    await run('sleep 300 & setsid sleep 300 & setsid setsid sleep 300 &', mark);
    expect([time, await findMarked(mark)]).toEqual([time, []]);
  }
});

test('what a program starts without its variables is ended with its group', async () => {
  const mark = `programs-test-${process.pid}/bare/`;
  const { stdout } = await run('env -i sleep 300 & echo $!', mark);
  expect(await identify(Number(stdout))).toBeUndefined();
});

test('a mark is not taken for one that begins like it', async () => {
  const mark = `programs-test-${process.pid}/1`;
  const running = run('sleep 2', `${mark}2/`);
  await endMarked(`${mark}/`, 0);
  expect(await running).toMatchObject({ ending: 'exited', exitCode: 0 });
});

test('a program that is being replaced was not started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belay-program-'));
  const path = join(folder, 'tool');
  await copyFile('/bin/true', path);
  await chmod(path, 0o755);
  const replacing = await open(path, 'r+');
  try {
    expect(await runArgv([path], 'programs-test/busy/')).toMatchObject({
      ending: 'not-started',
      reason: expect.stringContaining('ETXTBSY'),
    });
  } finally {
    await replacing.close();
    await rm(folder, { recursive: true });
  }
});

test('a script that does not say what runs it was not started: /bin/sh would run it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belay-program-'));
  const path = join(folder, 'tool');
  await writeFile(path, 'echo done\n', { mode: 0o755 });
  try {
    expect(await runArgv([path], 'programs-test/nameless/')).toMatchObject({
      ending: 'not-started',
      reason: expect.stringContaining('begins with #!'),
      stdout: '',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a program with more arguments than the system takes was not started', async () => {
  const argv = ['/bin/true', ...Array<string>(1_000).fill('x'.repeat(4_096))];
  expect(await runArgv(argv, 'programs-test/many/')).toMatchObject({
    ending: 'not-started',
    reason: expect.stringContaining('E2BIG'),
  });
});

test('a program is run as its user, with the groups and the home of that', async () => {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? 'nobody' : userInfo().username;
  const argv = ['/bin/sh', '-c', 'id -un; id -G; echo $USER $HOME'];
  const { stdout } = await runProgram(
    { argv, program: { ...program, user }, secrets: [], mark: 'programs-test/user/' },
    { stop },
  );
  const [name, groups = '', account] = stdout.trim().split('\n');
  expect(name).toBe(user);
  if (isRoot) expect(groups.split(' ')).not.toContain('0');
  expect(account).toMatch(new RegExp(`^${user} /`));
});

test('a program whose account is unknown was not started', async () => {
  const result = await runProgram(
    {
      ...{ argv: ['/bin/true'], program: { ...program, user: 'nobody-knows' } },
      ...{ secrets: [], mark: 'programs-test/unknown/' },
    },
    { stop },
  );
  expect(result).toMatchObject({
    ending: 'not-started',
    reason: 'there is no account nobody-knows on this host',
  });
});
