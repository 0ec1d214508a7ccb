/** What an agent does about an act by what is on disk of it; the watchdog itself is a fake. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
import { identify } from '../../../src/processes/identity.ts';

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

test('acts of a run that are open are found again, and those that have ended are not', async () => {
  await writeDurably(store.filesOf(record.act).record, record);
  expect(await store.open()).toEqual([record]);
  await writeDurably(store.filesOf(record.act).outcome, { kind: 'lost' });
  expect(await store.open()).toEqual([]);
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
