import type { InjectedSinks } from '@temporalio/worker';
import type { Failpoints } from './failpoints.ts';
import { isRun } from './is-run.ts';
import type { FailpointSinks } from './task-interceptors.ts';

/**
 * A place at the end of every workflow task, known by the commands it was about to answer with.
 * The SDK awaits these calls before it hands the answer on, so a worker that ends here leaves the
 * task unanswered; a replay does not pass here.
 */
export function taskFailpoints(failpoints: Failpoints): InjectedSinks<FailpointSinks> {
  let tasks = 0;
  return {
    failpoints: {
      taskEnds: {
        async fn({ workflowId, runId }, commands) {
          if (!isRun(workflowId)) return;
          tasks += 1;
          const task = `workflow-task(${commands.join('+') || 'nothing'})`;
          const id = commands.some(isLast) ? runId : `${process.pid}/${tasks}`;
          await failpoints.reach(failpoints.name(task, id));
        },
      },
    },
  };
}

/** The server refuses such an answer where something has just arrived, and it is given again: the same place. */
function isLast(command: string): boolean {
  return command === 'completeWorkflowExecution' || command === 'continueAsNewWorkflowExecution';
}
