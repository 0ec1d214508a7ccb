import { join } from 'node:path';
import { startDetached } from '../../../processes/start-detached.ts';
import { leaseFolder } from './holders.ts';
import type { StartKeeper } from './keeper-job.ts';

/** `program`: arguments that make node run the keeper. */
export function createStartKeeper(program: readonly string[]): StartKeeper {
  return (job) =>
    startDetached({ program, job, log: join(leaseFolder(job.stateFolder), 'keeper.log') });
}
