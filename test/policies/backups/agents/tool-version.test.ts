import { expect, it } from 'vitest';
import { isOldVersion } from '../../../../src/policies/backups/agents/tool-version.ts';

it.each([
  ['0.14.0', '0.14', false],
  ['0.9.6', '0.14', true],
  ['0.17.3', '0.14', false],
  ['2.45', '2.41', false],
  ['2.5', '2.41', true],
  ['3', '2.41', false],
])('%s is older than %s: %s', (version, oldest, isOld) => {
  expect(isOldVersion(version, oldest)).toBe(isOld);
});
