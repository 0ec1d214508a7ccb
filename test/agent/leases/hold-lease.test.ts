/** A watchdog's part of a lease, with real programs, in this process. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  actFiles,
  type ActOutcome,
  type ActRecord,
  type WatchdogState,
} from '../../../src/agent/acts/act-files.ts';
import { holdLease } from '../../../src/agent/leases/hold-lease.ts';
import { WatchdogReport } from '../../../src/agent/watchdog/report.ts';
import { readWritten } from '../../../src/processes/durable-file.ts';
import { eventually } from '../../fixtures/eventually.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-lease-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function script(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

async function hold(
  apply: string,
  revert: string,
  forMs: number,
  {
    Report = WatchdogReport,
    ...atMost
  }: { Report?: typeof WatchdogReport; atMostMs?: number } = {},
): Promise<ActOutcome | undefined> {
  const files = actFiles(join(folder, 'act'));
  const record: ActRecord = {
    ...{ act: { runRef: 'run', step: 1 }, command: 'fill', digest: 'd', acceptedAtMs: Date.now() },
    program: {
      ...{ environment: {}, secrets: {}, folder, timeoutMs: 10_000 },
      ...{ graceMs: 100, maxOutputBytes: 1_024 },
    },
    argv: [apply],
    lease: { revert: [revert], forMs, ...atMost },
  };
  const report = new Report(files, 'running');
  await report.update({});
  const job = { mode: 'act' as const, folder: files.folder, mark: 'test/lease/', record };
  await holdLease({ job: { ...job, secrets: [] }, files, report }, forMs);
  return readWritten<ActOutcome>(files.outcome);
}

test('a lease is reverted when its time is over, although nothing could be written since it was applied', async () => {
  // A folder in the place of the file, as a full disk would, refuses every write of the state.
  const apply = await script(
    'apply',
    'until mkdir act/state.json; do rm act/state.json; done; touch applied',
  );
  const revert = await script('revert', 'rmdir act/state.json && rm applied');
  expect(await hold(apply, revert, 700)).toMatchObject({
    kind: 'lease',
    reverted: { why: 'expired', revert: { exitCode: 0 } },
  });
  expect(existsSync(join(folder, 'applied'))).toBe(false);
});

test('a lease is reverted while a disk that is busy has not taken yet that it is: nothing waits for that', async () => {
  class OfBusyDisk extends WatchdogReport {
    override async update(change: Parameters<WatchdogReport['update']>[0]): Promise<void> {
      if (change.phase === 'reverting') {
        await eventually(async () => expect(existsSync(join(folder, 'applied'))).toBe(false));
      }
      await super.update(change);
    }
  }
  const apply = await script('apply', 'touch applied');
  const revert = await script('revert', 'rm applied');
  expect(await hold(apply, revert, 700, { Report: OfBusyDisk })).toMatchObject({
    reverted: { why: 'expired' },
  });
  const state = await readWritten<WatchdogState>(actFiles(join(folder, 'act')).state);
  expect(state?.phase).toBe('reverting');
});

test('how a lease ended is written as soon as that is possible again', async () => {
  const outcome = join(folder, 'act', 'outcome.json');
  const apply = await script('apply', `mkdir ${outcome}`);
  const revert = await script('revert', 'touch reverted');
  const ended = hold(apply, revert, 200);
  await eventually(async () => expect(existsSync(join(folder, 'reverted'))).toBe(true));
  await rm(outcome, { recursive: true });
  expect(await ended).toMatchObject({ reverted: { why: 'expired' } });
});

test('a lease that is extended again and again ends when its longest time is over', async () => {
  const apply = await script('apply', 'touch applied');
  const revert = await script('revert', 'rm applied');
  const startedAtMs = Date.now();
  const over = { isOver: false };
  const held = hold(apply, revert, 500, { atMostMs: 1_500 }).finally(() => (over.isOver = true));
  const extension = join(folder, 'act', 'extension.json');
  await eventually(async () => expect(existsSync(join(folder, 'applied'))).toBe(true));
  while (!over.isOver && Date.now() < startedAtMs + 6_000) {
    await writeFile(extension, JSON.stringify({ id: String(Date.now()), forMs: 1_000 }));
    await sleep(50);
  }
  expect(over.isOver).toBe(true);
  expect(await held).toMatchObject({ reverted: { why: 'expired' } });
  expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(1_500);
  expect(existsSync(join(folder, 'applied'))).toBe(false);
});

test('a lease whose longest time was over before its watchdog began is never applied', async () => {
  const apply = await script('apply', 'touch applied');
  const revert = await script('revert', 'rm applied');
  const ended = await hold(apply, revert, 5_000, { atMostMs: -1 });
  expect(ended).toMatchObject({ kind: 'lease', reverted: { why: 'never-applied' } });
  expect(existsSync(join(folder, 'applied'))).toBe(false);
});
