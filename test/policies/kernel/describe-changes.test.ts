import { expect, test } from 'vitest';
import { describeChanges } from '../../../src/policies/kernel/describe-changes.ts';

test('what differs is named by its path, whatever the order of keys', () => {
  const before = {
    schedule: { cron: '0 3 * * *', zone: 'UTC' },
    spec: { parts: [1, 2], gone: true },
  };
  const after = { spec: { parts: [1, 3] }, schedule: { zone: 'UTC', cron: '0 4 * * *' } };
  expect(describeChanges(before, after)).toEqual([
    'schedule.cron: "0 3 * * *" → "0 4 * * *"',
    'spec.parts: [1,2] → [1,3]',
    'spec.gone: true → nothing',
  ]);
  expect(describeChanges(before, structuredClone(before))).toEqual([]);
});
