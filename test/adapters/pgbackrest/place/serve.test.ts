import { expect, test } from 'vitest';
import { runsWithinMs } from '../../../../src/adapters/pgbackrest/place/serve.ts';
import { exited } from '../../../fixtures/scripted-store.ts';

test.each([
  ['a minute for a server that a successful command has left to a manager', exited(0), 60_000],
  ['no longer for one whose command has failed', exited(1), 10_000],
  [
    'no longer for one whose command was killed',
    { ...exited(0), ending: 'killed' as const },
    10_000,
  ],
])('there is %s', (_, result, ms) => {
  expect(runsWithinMs(result)).toBe(ms);
});
