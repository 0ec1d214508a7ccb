/** Runs inside the workflow bundle of a worker under trial; its other half is task-failpoints. */
import type { Sinks, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { proxySinks } from '@temporalio/workflow';

export interface FailpointSinks extends Sinks {
  failpoints: { taskEnds(commands: string[]): void };
}

const { failpoints } = proxySinks<FailpointSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  let isOnlyAsked = true;
  return {
    internals: [
      {
        activate(input, next) {
          const jobs = input.activation.jobs ?? [];
          if (!jobs.every(({ queryWorkflow }) => queryWorkflow)) isOnlyAsked = false;
          next(input);
        },
        concludeActivation(input, next) {
          const output = next(input);
          if (!isOnlyAsked) failpoints.taskEnds(output.commands.flatMap(nameOf));
          isOnlyAsked = true;
          return output;
        },
      },
    ],
  };
};

type Command = Parameters<
  NonNullable<
    NonNullable<ReturnType<WorkflowInterceptorsFactory>['internals']>[number]['concludeActivation']
  >
>[0]['commands'][number];

/** Acts by their own name, since a task that schedules `setWeight` says more than its number. */
function nameOf(command: Command): string[] {
  const act = command.scheduleActivity ?? command.scheduleLocalActivity;
  if (act?.activityType) return [act.activityType];
  return Object.keys(command).filter((key) => !decoration.includes(key));
}

/** What a command carries for people; it changes nothing by itself. */
const decoration = ['userMetadata', 'eventGroupMarkers', 'upsertWorkflowSearchAttributes'];
