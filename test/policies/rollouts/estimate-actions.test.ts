import { describe, expect, it } from 'vitest';
import { canarySpec } from '../../fixtures/canary-spec.ts';
import { estimateActions } from '../../../src/policies/rollouts/estimate-actions.ts';

const minute = 60_000;
const ladder = [
  { weight: 5, holdMs: 10 * minute },
  { weight: 20, holdMs: 20 * minute },
  { weight: 50, holdMs: 30 * minute },
  { weight: 100, holdMs: 0 },
];

const canary = canarySpec({ stages: ladder });

describe('the Temporal Actions of the default canary', () => {
  it('are at most 200 with a blind time of 30 s', () => {
    expect(estimateActions(canary, { blindTimeMs: 30_000 })).toBeLessThanOrEqual(200);
  });

  it('are at most 60 with a blind time of 2.5 minutes', () => {
    expect(estimateActions(canary, { blindTimeMs: 150_000 })).toBeLessThanOrEqual(60);
  });
});
