import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';
import { explainFailure } from '../../../scripts/checks/explain-failure.ts';
import { runCommand } from '../../../scripts/programs/run-command.ts';

const failing = ['sh', '-c', 'echo one >&2; echo "the server is gone" >&2; exit 3'] as const;

test('a workflow that failed is told with the reason', () => {
  const refused = ApplicationFailure.create({ message: 'the lease is lost\nfor good' });
  const failed = new Error('Workflow execution failed', { cause: refused });
  expect(explainFailure(failed)).toBe('Workflow execution failed; because of: the lease is lost');
});

test('a command that failed is told with the last line that it wrote to stderr', async () => {
  const [program, ...args] = failing;
  const failure = await promisify(execFile)(program, args).catch((error: unknown) => error);
  expect(explainFailure(failure as Error)).toMatch(
    /^Command failed: sh -c .*: the server is gone$/,
  );
});

test('a command of the set-up that failed is told with the last line that it wrote to stderr', async () => {
  const failure = await runCommand(failing).catch((error: unknown) => error);
  expect(explainFailure(failure as Error)).toMatch(
    /^`sh -c .*` failed: the server is gone; because/,
  );
});

test('an error without a message is told by its code', () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  expect(explainFailure(new TypeError('fetch failed', { cause: refused }))).toBe(
    'fetch failed; because of: ECONNREFUSED',
  );
});

test('errors that cause each other are told once each', () => {
  const one: Error = new Error('one');
  const other = new Error('other', { cause: one });
  one.cause = other;
  expect(explainFailure(one)).toBe('one; because of: other');
});
