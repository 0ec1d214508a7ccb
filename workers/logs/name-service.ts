import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { serviceOfWorkflow } from '../../src/policies/observability/service-of-workflow.ts';

/** Whatever an activity logs says which service it was about. */
export const nameService: ActivityInterceptorsFactory = ({ info }) => ({
  outbound: {
    getLogAttributes: (input, next) =>
      next({ ...input, ...serviceOfWorkflow(info.workflowExecution?.workflowId) }),
  },
});
