import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { serviceOfWorkflow } from '../../policies/kernel/observability/service-of-workflow.ts';

/** Adds the run and its service to an activity's log lines, under the same names as the workflow. */
export const nameRun: ActivityInterceptorsFactory = ({ info }) => ({
  outbound: {
    getLogAttributes(input, next) {
      const { workflowId, runId } = info.workflowExecution ?? {};
      return next({ ...input, runId, ...serviceOfWorkflow(workflowId) });
    },
  },
});
