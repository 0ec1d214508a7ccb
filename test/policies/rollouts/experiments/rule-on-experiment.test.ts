import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../../src/policies/chaos/verdicts.ts';
import { longestFaultMs } from '../../../../src/policies/chaos/lease-plan.ts';
import {
  longestRemovalMs,
  ruleOnExperiment,
} from '../../../../src/policies/rollouts/experiments/rule-on-experiment.ts';

const workflowId = 'chaos/demo/shop-rollout';

/** Of an injection or an extension that is under way. */
const longestActMs = 60_000;

describe('an experiment at a stage', () => {
  it('lets the rollout go on where it passed, and undoes it where it failed', () => {
    expect(ruleOnExperiment({ workflowId, outcome: 'Passed' })).toEqual({ kind: 'go-on' });
    const failed = { workflowId, outcome: 'Failed', reason: 'answers: 100% is above 5%' };
    expect(ruleOnExperiment(failed)).toEqual({
      kind: 'undo',
      reason: 'experiment chaos/demo/shop-rollout ended as Failed: answers: 100% is above 5%',
    });
  });

  it.each([
    ...verdicts.filter((each) => each !== 'Passed' && each !== 'Failed'),
    'Refused',
    'Lost',
  ])('never lets it go on by itself where it ended as %s', (outcome) => {
    expect(ruleOnExperiment({ workflowId, outcome, reason: 'so it is' })).toMatchObject({
      kind: 'ask',
    });
  });

  it('says nothing where nothing is known of it', () => {
    expect(ruleOnExperiment({ workflowId })).toMatchObject({ kind: 'ask', isUnsafe: true });
  });

  it.each(['LeftBehind', 'UndoFailed', 'Lost'])(
    'leaves the decision to a person where its fault may still be there: %s',
    (outcome) => {
      expect(ruleOnExperiment({ workflowId, outcome })).toMatchObject({ isUnsafe: true });
    },
  );

  it('is waited for until the lease of its fault has ended, however long it was to last', () => {
    const longestMs = longestRemovalMs({ fault: 'latency', durationMs: 30 * 60_000 });
    expect(longestMs).toBeGreaterThan(longestFaultMs(0) + longestActMs);
    expect(longestMs).toBe(3 * 60_000);
  });

  it('is waited for until Chaos Mesh has ended its outage, which has no lease', () => {
    const durationMs = 30 * 60_000;
    expect(longestRemovalMs({ fault: 'outage', durationMs })).toBeGreaterThan(
      longestFaultMs(durationMs) + longestActMs,
    );
  });
});
