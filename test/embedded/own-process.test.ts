import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownProgram, ownPrograms } from '../../src/embedded/own-process.ts';

test.each(ownPrograms)('the command finds %s', (program) => {
  expect(existsSync(ownProgram(program).at(-1) ?? '')).toBe(true);
});
