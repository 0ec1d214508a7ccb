import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultDataConverter, defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { withHoldProgress } from '../../src/cli/rollouts/hold-progress.ts';
import type { HoldProgress } from '../../src/contracts/rollouts/hold.ts';
import { openStatus } from './rollout-examples.ts';

const progress: HoldProgress = {
  measurements: [],
  tallies: { 'error-rate': { passed: 9, failed: 0, noData: 0 } },
  coveredIntervals: {},
  consecutiveErrors: 0,
  canaryRequests: 5000,
  canaryErrors: 7,
};

/** The part of a description that tells of a pending activity. */
function runWith(activity: string, heartbeat?: unknown): WorkflowExecutionDescription {
  const payloads = heartbeat === undefined ? [] : [defaultPayloadConverter.toPayload(heartbeat)];
  const pending = { activityType: { name: activity }, heartbeatDetails: { payloads } };
  return { raw: { pendingActivities: [pending] } } as unknown as WorkflowExecutionDescription;
}

describe('the measurements of an open hold', () => {
  const shown = (run: WorkflowExecutionDescription) =>
    withHoldProgress(openStatus(), run, defaultDataConverter);

  it('are shown as its watch last reported them, at the open stage alone', async () => {
    const before = openStatus().stages;
    const { stages } = await shown(runWith('watchHold', progress));
    expect(stages[1]).toMatchObject({ canaryRequests: 5000, tallies: progress.tallies });
    expect([stages[0], ...stages.slice(2)]).toEqual([before[0], ...before.slice(2)]);
  });

  it.each([
    ['before the first heartbeat', runWith('watchHold')],
    ['while something else runs', runWith('scaleCanary', progress)],
  ])('are those of the rollout itself %s', async (_title, run) => {
    expect(await shown(run)).toEqual(openStatus());
  });
});
