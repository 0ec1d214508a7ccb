import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';

const mostAttempts = 5;

/**
 * Sends a signal that starts its workflow where it does not run. Of two callers at the same moment, a
 * server may answer the second that the workflow was started already; the repeated request finds it.
 */
export async function signalOrStart<T>(signalWithStart: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await signalWithStart();
    } catch (error) {
      const isRace = error instanceof WorkflowExecutionAlreadyStartedError;
      if (!isRace || attempt === mostAttempts) throw error;
    }
  }
}
