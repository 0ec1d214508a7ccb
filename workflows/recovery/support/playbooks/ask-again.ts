import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

const mostAttempts = 3;

/** Where the worker that asked has died: that is no answer of what it asked. Asking changes nothing, so others ask again. */
export function askAgainWhereMissed<Args extends unknown[], Answer>(
  ask: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask(...args);
      } catch (error) {
        if (attempt === mostAttempts || !isMissed(error)) throw error;
      }
    }
  };
}

function isMissed(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'HEARTBEAT';
}
