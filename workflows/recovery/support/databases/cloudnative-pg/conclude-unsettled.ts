import type { Ending } from '../../../../kernel/ending.ts';
import type { DatabaseRun } from '../database-run.ts';

/** Where the change is not over, and a person gave it up: everything stays as it is. */
export function concludeUnsettled<Spec>({ missing }: DatabaseRun<Spec>): Ending {
  const reason = `Nobody could say which instance becomes the primary. Not done: ${missing.join('; ')}`;
  return { outcome: 'Incomplete', reason };
}
