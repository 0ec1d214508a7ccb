import {
  ApplicationFailure,
  ApplicationFailureCategory,
  CancelledFailure,
} from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { createActivityMetrics } from './activity-metrics.ts';

export type Queue = 'acts' | 'watches' | 'alerts';

type Counted = ReturnType<typeof createActivityMetrics>;

/** Counts and times every attempt of an activity, including local ones. */
export function countActivities(
  metrics: Counted,
  queue: Queue | 'agent',
): ActivityInterceptorsFactory {
  return ({ info: { activityType: activity } }) => ({
    inbound: {
      async execute(input, next) {
        metrics.activitiesRunning.inc({ queue, activity });
        const took = metrics.activityDuration.startTimer({ activity });
        let result = 'completed';
        try {
          return await next(input);
        } catch (error) {
          result = resultOf(error);
          throw error;
        } finally {
          metrics.activitiesRunning.dec({ queue, activity });
          metrics.activities.inc({ activity, result });
          took({ result });
        }
      },
    },
  });
}

/** An activity asks for a later retry by a benign failure. */
function resultOf(error: unknown): 'cancelled' | 'benign' | 'failed' {
  if (error instanceof CancelledFailure) return 'cancelled';
  const isBenign =
    error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
  return isBenign ? 'benign' : 'failed';
}
