import { proxyLocalActivities } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { SpecActivities } from '../../src/contracts/kernel/spec.ts';

/** The first act of every workflow: the spec with its defaults, or an InvalidSpec failure. */
export const { resolveSpec } = proxyLocalActivities<SpecActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '1 min',
  retry: { nonRetryableErrorTypes: [failureTypes.invalidSpec] },
});
