import { expect, test } from 'vitest';
import { summarize } from '../../../scripts/checks/summarize.ts';
import type { TestSummary } from '../../../scripts/checks/summary-reporter.ts';

const quiet: TestSummary = { failed: [], retried: [], skipped: [], files: [] };
const skipped = ['test/kubernetes/canary.test.ts > a canary > is promoted'];

test('a skipped test that is on no list is refused and named', () => {
  const { lines, refusedSkips } = summarize({ ...quiet, skipped }, 'linux');
  expect(refusedSkips).toBe(1);
  expect(lines).toContain('SKIPPED, and not in scripts/checks/allowed-skips.ts:');
  expect(lines.at(-1)).toContain('a canary > is promoted');
});

test('a skipped test that is on the list is shown with the reason', () => {
  const { lines, refusedSkips } = summarize({ ...quiet, skipped }, 'darwin');
  expect(refusedSkips).toBe(0);
  expect(lines.at(-1)).toMatch(/is promoted: the one-node cluster runs only on Linux$/);
});

test('the twenty slowest files are listed, slowest first', () => {
  const files = Array.from({ length: 30 }, (_, i) => ({ file: `test/${i}.test.ts`, seconds: i }));
  const { lines } = summarize({ ...quiet, files });
  expect(lines.filter((line) => line.includes('.test.ts'))).toHaveLength(20);
  expect(lines[2]).toBe('     29.0 s  test/29.test.ts');
});

test('tests that passed only when they were retried are listed, and failed ones come last', () => {
  const { lines } = summarize({ ...quiet, retried: ['one > works'], failed: ['two > works: no'] });
  expect(lines).toEqual([
    ...['', 'FLAKY: passed only when it was retried:', '  one > works'],
    ...['', 'FAILED:', '  two > works: no'],
  ]);
});

test('a run without problems prints nothing', () => {
  expect(summarize(quiet)).toEqual({ lines: [], refusedSkips: 0 });
});
