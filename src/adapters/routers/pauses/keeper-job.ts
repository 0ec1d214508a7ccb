import { join } from 'node:path';
import { startDetached } from '../../../processes/start-detached.ts';
import type { PgBouncerSettings } from '../../../specs/kernel/routers.ts';

/** What the process that ends a pause is told on its standard input. */
export interface PauseKeeperJob {
  folder: string;
  id: string;
  settings: PgBouncerSettings;
}

/** Starts a keeper that outlives the agent. */
export type StartPauseKeeper = (job: PauseKeeperJob) => Promise<void>;

/** `program`: arguments that make node run the keeper. */
export function createStartPauseKeeper(program: readonly string[]): StartPauseKeeper {
  return (job) => {
    const refs = Object.values(job.settings.secrets);
    const variables = refs.flatMap((ref) => ('env' in ref ? [ref.env] : []));
    return startDetached({ program, job, log: join(job.folder, 'keeper.log'), variables });
  };
}
