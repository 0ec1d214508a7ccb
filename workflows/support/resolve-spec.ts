import { proxyLocalActivities } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/failures.ts';
import type { SpecActivities } from '../../src/contracts/spec.ts';

/** The first act of every workflow: the spec with its defaults, or an InvalidSpec failure. */
export const { resolveSpec } = proxyLocalActivities<SpecActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '1 min',
  retry: { nonRetryableErrorTypes: [failureTypes.invalidSpec] },
});
