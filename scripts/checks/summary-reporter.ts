import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { explainFailure } from './explain-failure.ts';

/** Where the reporter writes its summary, as JSON. */
export const summaryFileVariable = 'BELAY_TEST_SUMMARY';

/** The results of a test run besides its counts: a line each, by file and title. */
export interface TestSummary {
  failed: string[];
  /** Passed only when it was retried; with why it failed before. */
  retried: string[];
  skipped: string[];
  /** The duration of each file, including hooks. */
  files: TimedFile[];
}

export interface TimedFile {
  file: string;
  seconds: number;
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const target = process.env[summaryFileVariable];
    if (target === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const summary: TestSummary = {
      failed: [
        ...modules.flatMap(failuresOutsideTests),
        ...tests.filter((test) => test.result().state === 'failed').map(failureOf),
        ...errors.map((error) => `outside of every test: ${explainFailure(error)}`),
      ],
      retried: tests.filter((test) => test.diagnostic()?.flaky === true).map(failureOf),
      skipped: tests.filter((test) => test.result().state === 'skipped').map(titleOf),
      files: modules.map((module) => ({
        file: fileOf(module),
        seconds: module.diagnostic().duration / 1000,
      })),
    };
    writeFileSync(target, JSON.stringify(summary));
  }
}

function failuresOutsideTests(module: TestModule): string[] {
  const own = module.errors().map((error) => `${fileOf(module)}: ${explainFailure(error)}`);
  const suites = [...module.children.allSuites()].flatMap((suite) =>
    suite
      .errors()
      .map((error) => `${fileOf(module)} > ${suite.fullName}: ${explainFailure(error)}`),
  );
  return [...own, ...suites];
}

function failureOf(test: TestCase): string {
  const { errors = [] } = test.result();
  return `${titleOf(test)}: ${errors.map(explainFailure).join('; then ')}`;
}

function titleOf(test: TestCase): string {
  return `${fileOf(test.module)} > ${test.fullName}`;
}

function fileOf(module: TestModule): string {
  return path.relative(process.cwd(), module.moduleId);
}
