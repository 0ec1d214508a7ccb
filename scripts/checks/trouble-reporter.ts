import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Where the reporter leaves its lines, as a JSON array. */
export const troubleFileVariable = 'BELAY_TEST_TROUBLE';

/** Leaves a line for everything that failed, and for what passed only when it was tried again. */
export default class TroubleReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env[troubleFileVariable];
    if (file === undefined) return;
    const lines = [
      ...modules.flatMap(troubleOf),
      ...errors.map((error) => `outside of every test: ${firstLine(error)}`),
    ];
    writeFileSync(file, JSON.stringify(lines));
  }
}

function troubleOf(module: TestModule): string[] {
  const name = path.relative(process.cwd(), module.moduleId);
  const own = module.errors().map((error) => `${name}: ${firstLine(error)}`);
  const suites = [...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => `${name} > ${suite.fullName}: ${firstLine(error)}`),
  );
  const tests = [...module.children.allTests()].flatMap((test) => troubleOfTest(name, test));
  return [...own, ...suites, ...tests];
}

function troubleOfTest(module: string, test: TestCase): string[] {
  const { state, errors = [] } = test.result();
  const title = `${module} > ${test.fullName}`;
  if (state === 'failed') return [`${title}: ${errors.map(firstLine).join('; then ')}`];
  if (test.diagnostic()?.flaky === true) {
    return [`${title}: passed only when it was tried again`];
  }
  return [];
}

function firstLine({ message }: { message: string }): string {
  return message.split('\n', 1)[0] ?? '';
}
