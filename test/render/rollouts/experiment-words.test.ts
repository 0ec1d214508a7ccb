import { expect, it } from 'vitest';
import {
  describeExperiment,
  explainExperiment,
} from '../../../src/render/rollouts/experiment-words.ts';

const workflowId = 'chaos/demo/shop-rollout';

it.each([
  [{}, 'not made'],
  [{ startedAtMs: 1 }, 'under way'],
  [{ startedAtMs: 1, endedAtMs: 2, outcome: 'Passed', reason: 'it held' }, 'Passed'],
])('an experiment of a stage names its run and how it stands: %s', (more, standing) => {
  expect(describeExperiment({ workflowId, ...more })).toBe(
    `experiment chaos/demo/shop-rollout: ${standing}`,
  );
});

it('an experiment of a stage is explained by the reason of its verdict', () => {
  expect(explainExperiment({ workflowId, outcome: 'Failed', reason: 'answers: 100%' })).toBe(
    'experiment chaos/demo/shop-rollout: Failed: answers: 100%',
  );
});
