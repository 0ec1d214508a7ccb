import { ApplicationFailure, Context } from '@temporalio/activity';
import { expandCalendar, UnknownTimeZone } from '../../src/adapters/calendar/expand-calendar.ts';
import type { AskingForPermit } from '../../src/adapters/temporal/change-control.ts';
import type {
  ChangeControlActivities,
  PermitAnswer,
  PermitHolder,
  PermitRequest,
} from '../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';

/** What these activities ask of Temporal. */
export interface ChangeControlClient {
  askPermit(request: PermitRequest, asking: AskingForPermit): Promise<PermitAnswer>;
  findDeadHolders(holders: readonly PermitHolder[]): Promise<string[]>;
}

export function createChangeControlActivities(
  client: ChangeControlClient,
): ChangeControlActivities {
  return {
    async askPermit(environment, request) {
      const { taskQueue, startToCloseTimeoutMs } = Context.current().info;
      // So that this attempt says why there was no answer, and its time limit does not.
      const deadlineMs = Date.now() + 0.9 * startToCloseTimeoutMs;
      return client.askPermit(request, { environment, taskQueue, deadlineMs });
    },

    findDeadHolders: (holders) => client.findDeadHolders(holders),

    expandCalendar(calendar, window) {
      try {
        return Promise.resolve(expandCalendar(calendar, window));
      } catch (error) {
        if (!(error instanceof UnknownTimeZone)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, failureTypes.invalidInput);
      }
    },
  };
}
