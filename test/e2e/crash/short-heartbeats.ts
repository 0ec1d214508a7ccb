/** Runs inside the workflow bundle of a worker under trial: an agent that was killed is missed after seconds. */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { agentTaskQueue } from '../../../src/contracts/kernel/agent.ts';

const heartbeatTimeout = '5 s';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { options } = input;
        const isAgents = options.taskQueue?.startsWith(agentTaskQueue(''));
        // The end of a lease is told by the heartbeats of its watch: that is as long as the plan says.
        const isLeased = input.activityType === 'watchNode';
        if (!isAgents || isLeased || options.heartbeatTimeout === undefined) return next(input);
        return next({ ...input, options: { ...options, heartbeatTimeout } });
      },
    },
  ],
});
