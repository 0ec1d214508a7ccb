import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ChangeControlActivities } from '../../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';

/**
 * Whoever asks for a permit waits for these, so they are local: all slots of other activities may
 * be taken by runs that ask.
 */
export const atOnce = proxyLocalActivities<
  Pick<ChangeControlActivities, 'findDeadHolders' | 'expandCalendar'>
>({
  startToCloseTimeout: '3 s',
  scheduleToCloseTimeout: '3 s',
  retry: { nonRetryableErrorTypes: [failureTypes.invalidInput] },
});

/** Nobody waits for this one. */
export const inTime = proxyActivities<Pick<ChangeControlActivities, 'findDeadHolders'>>({
  startToCloseTimeout: '1 min',
  scheduleToCloseTimeout: '10 min',
  summary: 'ask which holders of permits are over',
});
