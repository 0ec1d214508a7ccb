import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { serviceOfWorkflow } from '../../policies/kernel/observability/service-of-workflow.ts';

/** Whatever an activity logs names its run as the workflow does, and the service it is about. */
export const nameRun: ActivityInterceptorsFactory = ({ info }) => ({
  outbound: {
    getLogAttributes(input, next) {
      const { workflowId, runId } = info.workflowExecution ?? {};
      return next({ ...input, runId, ...serviceOfWorkflow(workflowId) });
    },
  },
});
