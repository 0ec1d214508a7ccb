import { expect, it } from 'vitest';
import { readRolloutReport } from '../../../src/contracts/rollouts/read-report.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

const envelope = rolloutReport({ previousVersion: 'v1', startedBy: 'ana' });

it('a report is read as it was written', () => {
  expect(readRolloutReport(envelope)).toEqual(envelope);
});

it('a report from before the shared envelope is read into it', () => {
  const { format, family, runRef, subject, details, ...common } = envelope;
  const flat = {
    ...{ ...common, ...details },
    ...{ rolloutId: runRef, service: subject.name, environment: subject.environment },
  };
  expect([format, family]).toEqual([2, 'rollouts']);
  expect(readRolloutReport(flat)).toEqual(envelope);
});

it.each([
  ['nothing', undefined],
  ['a text', 'Promoted'],
  ['an older file that is no report', { rolloutId: 'r-1', outcome: 'Promoted' }],
  ['the report of another family', { ...envelope, family: 'backups' }],
  ['an envelope of a later format', { ...envelope, format: 3 }],
])('%s is not the report of a rollout', (_, given) => {
  expect(readRolloutReport(given)).toBeUndefined();
});
