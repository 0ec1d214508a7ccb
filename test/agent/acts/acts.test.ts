/** What an agent does about an act by what is on disk of it; the watchdog itself is a fake. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  markOf,
  type ActOutcome,
  type ActRecord,
  type WatchdogState,
} from '../../../src/agent/acts/act-files.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { Acts } from '../../../src/agent/acts/acts.ts';
import { markVariable } from '../../../src/agent/programs/marked-processes.ts';
import type { WatchdogJob } from '../../../src/agent/watchdog/job.ts';
import { readWritten, writeDurably } from '../../../src/processes/durable-file.ts';
import { identify, identifySelf } from '../../../src/processes/identity.ts';
import { eventually } from '../../fixtures/eventually.ts';

const record: ActRecord = {
  ...{ act: { runRef: 'run', step: 3 }, command: 'work', digest: 'd', acceptedAtMs: Date.now() },
  program: { environment: {}, secrets: {}, timeoutMs: 1_000, graceMs: 100, maxOutputBytes: 1_024 },
  argv: ['/bin/true'],
};
const leased: ActRecord = { ...record, lease: { revert: ['/bin/true'], forMs: 60_000 } };
const state: WatchdogState = { phase: 'running', startedAtMs: 1, stdoutBytes: 0, stderrBytes: 0 };
const dead = { pid: 1, startTime: 'of a process that is long gone' };

let folder: string;
let store: ActStore;
let acts: Acts;
let started: WatchdogJob['mode'][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-acts-'));
  store = new ActStore(folder);
  started = [];
  acts = new Acts({
    ...{ store, instance: 'test-instance' },
    startWatchdog: async ({ mode }) => {
      started.push(mode);
      const outcome: ActOutcome = { kind: 'lease', reverted: { why: 'watchdog-lost' } };
      await writeDurably(store.filesOf(record.act).outcome, outcome);
      return { ended: Promise.resolve() };
    },
  });
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface OnDisk {
  claim?: object;
  state?: WatchdogState;
}

async function outcomeOf(given: ActRecord, onDisk: OnDisk): Promise<ActOutcome | undefined> {
  const files = store.filesOf(given.act);
  await writeDurably(files.record, given);
  if (onDisk.claim) await writeDurably(files.watchdog, onDisk.claim);
  if (onDisk.state) await writeDurably(files.state, onDisk.state);
  const never = new AbortController().signal;
  return acts.follow(
    given,
    { cancelled: never, leaving: never, onProgress: () => undefined },
    ({ outcome }) => outcome,
  );
}

test('an act that no watchdog has claimed is started', async () => {
  await outcomeOf(record, {});
  expect(started).toEqual(['act']);
});

test('an act whose watchdog was killed before it began is started again', async () => {
  await outcomeOf(record, { claim: dead });
  expect(started).toEqual(['act']);
});

test('a command whose watchdog was killed after it began is lost, and not run again', async () => {
  expect(await outcomeOf(record, { claim: dead, state })).toEqual({ kind: 'lost' });
  expect(started).toEqual([]);
});

test('a lease whose watchdog was killed after it began is reverted, and not applied again', async () => {
  await outcomeOf(leased, { claim: dead, state });
  expect(started).toEqual(['revert']);
});

test('a lease is reverted, also where the agent was killed while it saw to that', async () => {
  await outcomeOf(leased, { state });
  expect(started).toEqual(['revert']);
});

test('what a killed watchdog had started is ended, although nobody had written its number down', async () => {
  const child = spawn('/bin/sleep', ['300'], {
    env: { [markVariable]: markOf('test-instance', record.act) },
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  await outcomeOf(record, { claim: dead, state });
  expect(await identify(child.pid!)).toBeUndefined();
});

test('what a killed watchdog had started is ended, although it ignores SIGTERM and cleared its variables', async () => {
  const script = `trap '' TERM; touch ${folder}/started; while :; do sleep 0.05; done`;
  const child = spawn('/bin/sh', ['-c', script], { env: {}, stdio: 'ignore', detached: true });
  const started = join(folder, 'started');
  await eventually(async () => expect(existsSync(started)).toBe(true));
  const program = (await identify(child.pid!))!;
  await outcomeOf(record, { claim: dead, state: { ...state, program } });
  expect(await identify(child.pid!)).toBeUndefined();
});

test('acts of a run that are open are found again, and those that have ended are not', async () => {
  await writeDurably(store.filesOf(record.act).record, record);
  expect(await store.open()).toEqual([record]);
  await writeDurably(store.filesOf(record.act).outcome, { kind: 'lost' });
  expect(await store.open()).toEqual([]);
});

test('a lease that was held for weeks is not forgotten when it ends', async () => {
  const files = store.filesOf(leased.act);
  const weeksAgoMs = Date.now() - 21 * 86_400_000;
  await writeDurably(files.record, { ...leased, acceptedAtMs: weeksAgoMs });
  await utimes(dirname(files.folder), weeksAgoMs / 1000, weeksAgoMs / 1000);
  await writeDurably(files.outcome, { kind: 'lease', reverted: { why: 'expired' } });
  await store.prune(Date.now());
  expect(await readWritten(files.outcome)).toMatchObject({ reverted: { why: 'expired' } });
});

test('a claim that is made while an act is looked at is left to its watchdog', async () => {
  const files = store.filesOf(leased.act);
  await writeDurably(files.record, leased);
  // Whoever reads the state waits until somebody writes it.
  await promisify(execFile)('mkfifo', [files.state]);
  await acts.takeUp();
  const swept = acts.sweep(() => undefined);
  await sleep(100);
  await writeDurably(files.watchdog, await identifySelf());
  await writeFile(files.state, JSON.stringify(state));
  await rm(files.state);
  await swept;
  expect(await readWritten(files.watchdog)).toEqual(await identifySelf());
});

test('runs that ended more than a week ago are forgotten, and open ones never', async () => {
  const files = store.filesOf(record.act);
  const weekMs = 7 * 86_400_000;
  await writeDurably(files.record, record);
  await writeDurably(files.state, state);
  await store.prune(Date.now() + 2 * weekMs);
  expect(await readWritten(files.record)).toEqual(record);
  await writeDurably(files.outcome, { kind: 'lost' });
  await store.prune(Date.now() + weekMs / 2);
  expect(await readWritten(files.record)).toEqual(record);
  await store.prune(Date.now() + 2 * weekMs);
  expect(await readWritten(files.record)).toBeUndefined();
});

describe('an act of a run that was forgotten', () => {
  const late = (step: number): ActRecord => ({ ...record, act: { runRef: 'run', step } });

  beforeEach(async () => {
    await store.admit(record);
    await writeDurably(store.filesOf(record.act).outcome, { kind: 'lost' });
    await store.prune(Date.now() + 21 * 86_400_000);
  });

  test.each([
    ['the same step', 3, 'what became of step 3 is not kept'],
    ['an earlier step', 2, 'step 2 comes after step 3'],
  ])('is refused: %s', async (_, step, why) => {
    const refusal = { code: 'stale-fence', message: expect.stringContaining(why) };
    await expect(store.admit(late(step))).rejects.toMatchObject(refusal);
    await expect(new ActStore(folder).admit(late(step))).rejects.toMatchObject(refusal);
    expect(existsSync(store.filesOf(late(step).act).folder)).toBe(false);
  });

  test('is admitted if its step is later, and so is any act of another run', async () => {
    const other = { ...record, act: { runRef: 'another run', step: 1 } };
    expect(await store.admit(late(4))).toEqual(late(4));
    expect(await store.admit(other)).toEqual(other);
  });

  test('is refused by the highest step, also where a power cut tore the line of an earlier one', async () => {
    await store.admit(late(14));
    await writeDurably(store.filesOf(late(14).act).outcome, { kind: 'lost' });
    await store.prune(Date.now() + 42 * 86_400_000);
    const forgotten = join(folder, 'forgotten-runs');
    const text = await readFile(forgotten, 'utf8');
    await writeFile(forgotten, text.slice(0, -2));
    const again = new ActStore(folder);
    await again.admit(late(16));
    await writeDurably(again.filesOf(late(16).act).outcome, { kind: 'lost' });
    await again.prune(Date.now() + 63 * 86_400_000);
    const refused = new ActStore(folder).admit(late(15));
    await expect(refused).rejects.toMatchObject({ code: 'stale-fence' });
  });
});
