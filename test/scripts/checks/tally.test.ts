import type { JsonTestResults } from 'vitest/reporters';
import { expect, test } from 'vitest';
import { formatTally, isGood, tallyResults } from '../../../scripts/checks/tally.ts';

type FileResult = JsonTestResults['testResults'][number];

function results(given: Partial<JsonTestResults>): JsonTestResults {
  const nothing = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  return { ...nothing, testResults: [], ...given } as JsonTestResults;
}

test('a run without failures is good', () => {
  const tally = tallyResults(results({ numPassedTests: 3, numPendingTests: 1 }), true);
  expect(formatTally(tally)).toBe('3 passed, 0 failed, 1 skipped');
  expect(isGood(tally)).toBe(true);
});

test('a file that could not be loaded counts as a failure', () => {
  const unloadable = { status: 'failed', assertionResults: [] as unknown } as FileResult;
  const tally = tallyResults(results({ numPassedTests: 3, testResults: [unloadable] }), false);
  expect(formatTally(tally)).toBe('3 passed, 1 failed');
});

test('a run that failed outside every test counts as a failure', () => {
  expect(tallyResults(results({ numPassedTests: 3 }), false).failed).toBe(1);
});

test('a run without a report counts as a failure', () => {
  expect(tallyResults(undefined, false).failed).toBe(1);
});

test('a run without a test is not good', () => {
  expect(isGood(tallyResults(results({}), true))).toBe(false);
});
