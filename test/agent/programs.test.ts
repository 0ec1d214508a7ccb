import { expect, test } from 'vitest';
import { endMarked, findMarked } from '../../src/agent/programs/marked-processes.ts';
import { runProgram } from '../../src/agent/programs/run-program.ts';
import { identify } from '../../src/processes/identity.ts';
import type { ProgramSettings } from '../../src/specs/kernel/agent.ts';

const program: ProgramSettings = {
  ...{ environment: {}, secrets: {}, timeoutMs: 10_000, graceMs: 100, maxOutputBytes: 4_096 },
};
const stop = new AbortController().signal;
const run = (script: string, mark: string) =>
  runProgram({ argv: ['/bin/sh', '-c', script], program, secrets: [], mark }, { stop });

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
