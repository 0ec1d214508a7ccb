import { ApplicationFailure, Context } from '@temporalio/activity';
import { expandCalendar, UnknownTimeZone } from '../../src/adapters/calendar/expand-calendar.ts';
import type { AskingForPermit } from '../../src/adapters/temporal/change-control.ts';
import type { AskBudgets } from '../../src/contracts/kernel/budget-gate.ts';
import type {
  ChangeControlActivities,
  ChangeControlState,
  PermitAnswer,
  PermitHolder,
  PermitRequest,
} from '../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { describeRefusal } from '../../src/policies/kernel/change-control/describe-refusal.ts';
import { judgePermit } from '../../src/policies/kernel/change-control/judge-permit.ts';

/** What these activities ask of Temporal. */
export interface ChangeControlClient {
  askPermit(request: PermitRequest, asking: AskingForPermit): Promise<PermitAnswer>;
  readState(
    asking: Pick<AskingForPermit, 'environment' | 'deadlineMs'>,
  ): Promise<ChangeControlState | undefined>;
  findDeadHolders(holders: readonly PermitHolder[]): Promise<string[]>;
}

export function createChangeControlActivities(
  client: ChangeControlClient,
  askBudgets: AskBudgets = () => Promise.resolve({ notes: [] }),
): ChangeControlActivities {
  return {
    async askPermit(environment, request) {
      const { taskQueue, workflowExecution } = Context.current().info;
      const { runId = '' } = workflowExecution ?? {};
      const deadlineMs = answerDeadlineMs();
      const budgets = await askBudgets(environment, request);
      if (budgets.refusal !== undefined) return refusedFor(budgets.refusal);
      const answer = await client.askPermit(request, { environment, taskQueue, deadlineMs, runId });
      return answer.granted ? { ...answer, notes: [...answer.notes, ...budgets.notes] } : answer;
    },

    async previewPermit(environment, request) {
      const { refusal } = await askBudgets(environment, request);
      if (refusal !== undefined) return refusedFor(refusal);
      const state = await client.readState({ environment, deadlineMs: answerDeadlineMs() });
      if (state === undefined) return { granted: true, notes: [] };
      const judgement = judgePermit(state, request, Date.now());
      return judgement.kind === 'frozen'
        ? describeRefusal(state, request, judgement)
        : { granted: true, notes: [] };
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

function refusedFor(reason: string): PermitAnswer {
  return { granted: false, type: 'PermitRefused', reason };
}

/** So that this attempt says why there was no answer, and its time limit does not. */
function answerDeadlineMs(): number {
  return Date.now() + 0.9 * Context.current().info.startToCloseTimeoutMs;
}
