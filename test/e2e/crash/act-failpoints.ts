import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { HoldProgress } from '../../../src/contracts/rollouts/hold.ts';
import type { Failpoints } from './failpoints.ts';
import { isRun } from './is-run.ts';

/**
 * A place before each act of a run, one after its effect while nobody has been told of it
 * yet, and for watches one in between, once they have measured something.
 */
export function actFailpoints(failpoints: Failpoints): ActivityInterceptorsFactory {
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const { activityType, activityId, workflowExecution } = context.info;
        if (!isRun(workflowExecution?.workflowId)) return next(input);
        const act = failpoints.name(activityType, `${workflowExecution?.runId}/${activityId}`);
        listenToHeartbeats(context, () => failpoints.pass(`${act}:during`));
        await failpoints.reach(`${act}:before`);
        try {
          return await next(input);
        } finally {
          await failpoints.reach(`${act}:after`);
        }
      },
    },
  });
}

function listenToHeartbeats(context: Context, onMeasured: () => void): void {
  const send = context.heartbeat;
  let hasMeasured = false;
  const heartbeat = (progress?: Partial<HoldProgress>) => {
    send(progress);
    if (hasMeasured || !progress?.measurements?.length) return;
    hasMeasured = true;
    onMeasured();
  };
  Object.defineProperty(context, 'heartbeat', { value: heartbeat });
}
