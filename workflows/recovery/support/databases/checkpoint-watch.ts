import { checkpoint } from '../../../kernel/checkpoint.ts';
import type { WatchRun } from './watch-run.ts';

/** Goes on with what it remembers, what somebody has just acknowledged included: messages are not passed on. */
export function checkpointWatch(run: WatchRun): Promise<void> {
  return checkpoint(run, () => {
    run.takeAcknowledgement();
    return run.memory;
  });
}

/** The same, unless somebody has answered: an answer is taken by the run that asked. */
export function checkpointWhileAsking(run: WatchRun): Promise<void> {
  const isNeeded = () => run.inbox.acknowledgements.value !== undefined;
  return checkpoint(run, () => run.memory, { isNeeded });
}
