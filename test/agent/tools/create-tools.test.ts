import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { actFiles } from '../../../src/agent/acts/act-files.ts';
import type { ActOutcome } from '../../../src/agent/acts/act-files.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { Acts } from '../../../src/agent/acts/acts.ts';
import { findMarked } from '../../../src/agent/programs/marked-processes.ts';
import { createTools, readMark, type ToolsOptions } from '../../../src/agent/tools/create-tools.ts';
import type { ToolRun, Tools } from '../../../src/contracts/backups/provider.ts';
import type { WatchdogJob } from '../../../src/agent/watchdog/job.ts';
import { writeDurably } from '../../../src/processes/durable-file.ts';
import { eventually } from '../../fixtures/eventually.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const instance = `tools-test-${process.pid}`;
const tool = (script: string, more: Partial<ToolRun> = {}): ToolRun => ({
  ...{ argv: ['/bin/sh', '-c', script], environment: {}, secrets: {} },
  ...{ timeoutMs: 10_000, graceMs: 100 },
  ...more,
});
const done: ActOutcome = {
  kind: 'command',
  result: {
    ...{ ending: 'exited', exitCode: 0, stdout: 'done', stderr: '', stdoutBytes: 4 },
    ...{ stderrBytes: 0, startedAtMs: 1, endedAtMs: 2 },
  },
};

let folder: string;
let store: ActStore;
let tools: Tools;
let jobs: WatchdogJob[];
let outcome: ActOutcome;
let parts: () => ToolsOptions;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-tools-'));
  jobs = [];
  outcome = done;
  store = new ActStore(folder);
  const acts = new Acts({
    ...{ store, instance },
    startWatchdog: async (job) => {
      jobs.push(job);
      await writeDurably(actFiles(job.folder).outcome, outcome);
      return { ended: Promise.resolve() };
    },
  });
  parts = () => ({ store, acts, instance });
  tools = createTools(parts());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an act is carried out by a watchdog, with its secrets and as its user', async () => {
  const file = join(folder, 'password');
  await writeFile(file, 'a long secret');
  const asked = tool('true', { secrets: { PASSWORD: { file } }, user: 'postgres', folder: '/tmp' });
  const act = { runRef: 'run', step: 1 };
  expect(await tools.act(act, 'back up', asked, attempt)).toMatchObject({ stdout: 'done' });
  expect(jobs).toMatchObject([
    {
      mode: 'act',
      secrets: [{ name: 'PASSWORD', value: 'a long secret' }],
      record: {
        ...{ act, command: 'back up', argv: asked.argv },
        program: { user: 'postgres', folder: '/tmp', maxOutputBytes: 65_536 },
      },
    },
  ]);
});

test('a program that was killed from outside has answered nothing, and is asked again', async () => {
  const seen = join(folder, 'seen');
  const killedTwice = `[ "$(cat ${seen} | wc -l)" = 2 ] && exec echo well; echo once >> ${seen}; kill -9 $$`;
  await writeFile(seen, '');
  expect(await tools.read(tool(killedTwice), attempt)).toMatchObject({ stdout: 'well\n' });
});

test('one that is killed again and again is not asked for ever, nor is one whose lines were handed on', async () => {
  const seen = join(folder, 'seen');
  const killed = tool(`echo once >> ${seen}; echo a line; sleep 0.1; kill -9 $$`);
  await expect(tools.read(killed, attempt)).rejects.toMatchObject({ code: 'unfinished' });
  expect(await readFile(seen, 'utf8')).toBe('once\n'.repeat(3));
  const lines: string[] = [];
  const reading = tools.read(killed, attempt, (line) => lines.push(line));
  await expect(reading).rejects.toMatchObject({ code: 'unfinished' });
  expect(lines).toEqual(['a line']);
});

test('the same act again is answered from its record, also where its tool has moved', async () => {
  const act = { runRef: 'run', step: 1 };
  await tools.act(act, 'back up', tool('true'), attempt);
  const moved = tool('true', { argv: ['/usr/local/bin/sh', '-c', 'true'], timeoutMs: 5 });
  expect(await tools.act(act, 'back up', moved, attempt)).toMatchObject({ stdout: 'done' });
  expect(jobs).toHaveLength(1);
});

test('another act under the same step is refused', async () => {
  const act = { runRef: 'run', step: 1 };
  await tools.act(act, 'back up', tool('true'), attempt);
  await expect(tools.act(act, 'back up', tool('false'), attempt)).rejects.toMatchObject({
    code: 'refused',
  });
});

test('an act that comes after a later one of its run is refused', async () => {
  await tools.act({ runRef: 'run', step: 2 }, 'expire', tool('true'), attempt);
  const late = tools.act({ runRef: 'run', step: 1 }, 'back up', tool('true'), attempt);
  await expect(late).rejects.toMatchObject({ code: 'stale-fence' });
});

test('an act that nobody knows the end of is lost', async () => {
  outcome = { kind: 'lost' };
  const act = tools.act({ runRef: 'run', step: 1 }, 'back up', tool('true'), attempt);
  await expect(act).rejects.toMatchObject({ code: 'lost' });
});

test('an act that is stopped is told to end, and one that nobody began is left alone', async () => {
  const act = { runRef: 'run', step: 1 };
  await tools.stop(act);
  expect(existsSync(store.filesOf(act).folder)).toBe(false);
  const first = new AbortController();
  const following = tools.act(act, 'back up', tool('true'), { ...attempt, leaving: first.signal });
  first.abort();
  await following.catch(() => undefined);
  await rm(store.filesOf(act).outcome, { force: true });
  await tools.stop(act);
  expect(existsSync(store.filesOf(act).stop)).toBe(true);
});

test('a read returns what the tool wrote, without its secrets', async () => {
  const file = join(folder, 'password');
  await writeFile(file, 'a long secret');
  const asked = tool('echo "it is $PASSWORD"; echo why >&2; exit 3', {
    secrets: { PASSWORD: { file } },
  });
  const answer = await tools.read(asked, attempt);
  expect(answer).toMatchObject({ exitCode: 3, stderr: 'why\n' });
  expect(answer.stdout).not.toContain('a long secret');
});

test('a read returns a long answer whole', async () => {
  const { stdout } = await tools.read(tool('head -c 20000000 /dev/zero | tr "\\0" x'), attempt);
  expect(stdout).toHaveLength(20_000_000);
});

describe('an answer that is longer than an agent keeps', () => {
  const short = () => createTools({ ...parts(), mostReadBytes: 1_048_576 });
  const long = tool('yes "a line of the listing, with a long secret" | head -n 50000');

  test('is refused, as it would be as long the next time', async () => {
    await expect(short().read(long, attempt)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('wrote more than 1 MiB, which an agent cannot read at once'),
    });
  });

  test('is read line by line, without secrets', async () => {
    const file = join(folder, 'password');
    await writeFile(file, 'a long secret');
    const lines = new Map<string, number>();
    const asked = { ...long, secrets: { PASSWORD: { file } } };
    const answer = await short().read(asked, attempt, (line) => {
      lines.set(line, (lines.get(line) ?? 0) + 1);
    });
    expect(answer).toMatchObject({ exitCode: 0, stdout: '' });
    expect([...lines.values()]).toEqual([50_000]);
    expect([...lines.keys()].join()).not.toContain('a long secret');
  });

  test('ends the call with what whoever reads a line throws', async () => {
    const read = short().read(tool('echo 1; echo 2; printf 3'), attempt, (line) => {
      if (line === '3') throw new TypeError('no such line');
    });
    await expect(read).rejects.toThrow('no such line');
  });
});

test.each<[string, ToolRun, RegExp]>([
  ['is not there', tool('', { argv: ['/nowhere/at-all'] }), /cannot be run: .*ENOENT/],
  ['gives no answer in time', tool('sleep 60', { timeoutMs: 50 }), /no answer within 50ms/],
  ['is killed', tool('kill -9 $$'), /ended by SIGKILL/],
  ['has a user that nobody knows', tool('true', { user: 'nobody-knows' }), /no account/],
  ['has a secret that is gone', tool('true', { secrets: { P: { file: '/no' } } }), /secrets\.P/],
])('a read whose tool %s is tried again', async (_, asked, message) => {
  await expect(tools.read(asked, attempt)).rejects.toMatchObject({
    code: 'unfinished',
    message: expect.stringMatching(message),
  });
});

test.each(['cancelled', 'leaving'] as const)(
  'a read of an attempt that is %s is ended',
  async (why) => {
    const over = new AbortController();
    const reading = tools.read(tool('sleep 60'), { ...attempt, [why]: over.signal });
    await eventually(async () => expect(await findMarked(readMark(instance))).toHaveLength(2));
    over.abort();
    await expect(reading).rejects.toMatchObject({ code: 'away' });
    expect(await findMarked(readMark(instance))).toEqual([]);
  },
);

test('a read shows that it goes on', async () => {
  const seen: number[] = [];
  const onProgress = ({ stdoutBytes }: { stdoutBytes: number }) => void seen.push(stdoutBytes);
  await tools.read(tool('echo 123; sleep 1.2'), { ...attempt, onProgress });
  expect(seen).toEqual([4]);
});
