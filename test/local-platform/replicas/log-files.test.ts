import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  boundLogs,
  logFilesOf,
  pruneLogs,
  readTail,
} from '../../../src/local-platform/replicas/log-files.ts';
import { generationOf } from '../../../src/local-platform/replicas/replica-set.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'belay-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a log that grew too long starts again, and its predecessor is kept', async () => {
  const logs = logFilesOf(folder, 'shop-1-1');
  writeFileSync(logs.out, `${'x'.repeat(5 * 1024 * 1024)}\n`);
  await boundLogs(logs);
  expect(statSync(logs.out).size).toBe(0);
  expect(statSync(`${logs.out}.1`).size).toBeGreaterThan(5_000_000);
  expect(existsSync(logs.err)).toBe(false);
});

test('the last lines are read without what an earlier run wrote', async () => {
  const { err } = logFilesOf(folder, 'shop-1-1');
  writeFileSync(err, 'old\n');
  const from = statSync(err).size;
  appendFileSync(err, 'one\ntwo\nthree\n');
  expect(await readTail(err, 2)).toEqual(['two', 'three']);
  expect(await readTail(err, 9, from)).toEqual(['one', 'two', 'three']);
  expect(await readTail(join(folder, 'none'), 5)).toEqual([]);
});

test('logs of old deployments are removed, whatever the service is called', async () => {
  const old = logFilesOf(folder, 'shop-2-1-3');
  const recent = logFilesOf(folder, 'shop-2-12-1');
  for (const path of [old.out, old.err, `${old.err}.1`, recent.out]) writeFileSync(path, '');
  await pruneLogs(folder, (replica) => generationOf(replica) < 2);
  expect([old.out, old.err, `${old.err}.1`, recent.out].map((path) => existsSync(path))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
