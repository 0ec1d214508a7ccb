import { checkpoint } from '../../../kernel/checkpoint.ts';
import type { WatchRun } from './watch-run.ts';

/** Goes on with what it remembers, once it has taken in what somebody has acknowledged: messages are not passed on. */
export function checkpointWatch(run: WatchRun): Promise<void> {
  const isNeeded = () => run.inbox.acknowledgements.value !== undefined;
  return checkpoint(run, () => run.memory, { isNeeded });
}
