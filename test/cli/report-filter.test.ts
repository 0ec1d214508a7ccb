import { expect, test } from 'vitest';
import { reportFilter } from '../../src/cli/runs/report-filter.ts';
import { kindsWithErrands } from '../fixtures/errands.ts';

const all = ['rollouts', 'backups', 'recovery', 'chaos', 'objectives', 'errands'];

test.each([
  [{}, {}, { families: all }],
  [{ name: 'shop' }, {}, { families: all, name: 'shop' }],
  [
    { lock: 'errand', environment: 'demo', name: 'milk' },
    {},
    { family: 'errands', environment: 'demo', name: 'milk' },
  ],
  [
    { lock: 'rollout', environment: 'demo', name: 'shop' },
    { kind: 'canary' },
    { family: 'rollouts', kinds: ['canary'], environment: 'demo', name: 'shop' },
  ],
  [{}, { family: 'errands' }, { family: 'errands' }],
])('the ledger is asked by %o and %o', (named, only, asked) => {
  expect(reportFilter(named, only, kindsWithErrands)).toEqual(asked);
});
