import { expect, test } from 'vitest';
import { createLedgerActivities } from '../../../activities/kernel/ledger.ts';
import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

const report = rolloutReport({ runRef: 'r1', startedBy: 'ana' });

function memoryLedger(): Ledger & { written: RunReport[] } {
  const written: RunReport[] = [];
  return {
    written,
    append: async (one) => void written.push(one),
    list: async () => written,
  };
}

test('a report that is written again is told of once', async () => {
  const ledger = memoryLedger();
  const reported: string[] = [];
  const { appendReport } = createLedgerActivities(ledger, {
    onFirstReport: ({ runRef }) => reported.push(runRef),
  });
  await appendReport(report);
  await appendReport(report);
  expect([reported, ledger.written.length]).toEqual([['r1'], 2]);
});

test('a report that cannot be written is not told of', async () => {
  const reported: string[] = [];
  const ledger = { ...memoryLedger(), append: () => Promise.reject(new Error('disk full')) };
  const { appendReport } = createLedgerActivities(ledger, {
    onFirstReport: ({ runRef }) => reported.push(runRef),
  });
  await expect(appendReport(report)).rejects.toThrow('disk full');
  expect(reported).toEqual([]);
});

test('a ledger that cannot be listed still takes the report', async () => {
  const ledger = memoryLedger();
  const unlisted = { ...ledger, list: () => Promise.reject(new Error('unreadable')) };
  const { appendReport } = createLedgerActivities(unlisted, { onFirstReport: () => undefined });
  await appendReport(report);
  expect(ledger.written).toEqual([report]);
});
