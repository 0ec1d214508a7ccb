import type { JsonTestResults } from 'vitest/reporters';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts tests. A file that could not be loaded counts as one failure, and so does a run that failed
 * outside of every test, such as by an uncaught error.
 */
export function tallyResults(results: JsonTestResults | undefined, exitedWell: boolean): Tally {
  const files = results?.testResults ?? [];
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = (results?.numFailedTests ?? 0) + broken.length;
  return {
    passed: results?.numPassedTests ?? 0,
    failed: failed === 0 && !exitedWell ? 1 : failed,
    skipped: (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0),
  };
}

export function addTallies(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** A suite that cannot run on this machine is skipped, and says so; a suite without tests is an error. */
export function foundTests({ passed, failed, skipped }: Tally): boolean {
  return passed + failed + skipped > 0;
}

/** Nothing failed, and something ran. */
export function isGood({ passed, failed }: Tally): boolean {
  return failed === 0 && passed > 0;
}

export function formatTally({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
