import { expect, it } from 'vitest';
import {
  progressOf,
  type CampaignFacts,
} from '../../../../src/policies/chaos/campaigns/progress-of.ts';

const facts: CampaignFacts = {
  ...{ sinceMs: 1_000, names: ['freeze', 'crash'] },
  plan: [
    { index: 0, dueMs: 0, nextDueMs: 200 },
    { index: 1, dueMs: 100 },
    { index: 0, dueMs: 200 },
  ],
  rows: [{ outcome: 'Passed' }],
  score: { passed: 0.5, failed: 0, unknown: 0.5 },
  ...{ isUnderWay: false, isOver: false },
};
const { sinceMs: _, ...notBegun } = facts;
const crash = { experiment: 'crash', dueAtMs: 1_100 };
const again = { experiment: 'freeze', dueAtMs: 1_200 };
const both = [{ outcome: 'Passed' }, { outcome: 'Missed' }];

it.each<[string, CampaignFacts, object]>([
  ['that waits says what is next', facts, { ended: { Passed: 1 }, next: crash }],
  [
    'that carries one out says what follows it',
    { ...facts, isUnderWay: true },
    { ended: { Passed: 1 }, underWay: 'crash', next: again },
  ],
  ['that was halted has nothing next', { ...facts, isOver: true }, { ended: { Passed: 1 } }],
  ['that has not begun has no time for it yet', { ...notBegun, rows: [] }, { ended: {} }],
  [
    'at its last one has nothing next',
    { ...facts, rows: both, isUnderWay: true },
    { ended: { Passed: 1, Missed: 1 }, underWay: 'freeze' },
  ],
])('a campaign %s', (_title, given, expected) => {
  const { score } = facts;
  expect(progressOf(given)).toEqual({ planned: 3, score, ...expected });
});
