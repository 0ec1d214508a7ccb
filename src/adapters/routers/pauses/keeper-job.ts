import { join } from 'node:path';
import { startDetached } from '../../../processes/start-detached.ts';
import type { HoldingSettings } from '../holding-router.ts';

/** What the process that ends a pause is told on its standard input. */
export interface PauseKeeperJob {
  folder: string;
  id: string;
  settings: HoldingSettings;
}

/** Starts a keeper that outlives the agent. */
export type StartPauseKeeper = (job: PauseKeeperJob) => Promise<void>;

/** `program`: arguments that make node run the keeper. */
export function createStartPauseKeeper(program: readonly string[]): StartPauseKeeper {
  return (job) => {
    // HAProxy is told by its socket, without a password.
    const refs = 'pgbouncer' in job.settings ? Object.values(job.settings.pgbouncer.secrets) : [];
    const variables = refs.flatMap((ref) => ('env' in ref ? [ref.env] : []));
    return startDetached({ program, job, log: join(job.folder, 'keeper.log'), variables });
  };
}
