import * as z from 'zod';
import { homeLayout } from '../../config/home.ts';
import { readRunFile } from '../../processes/run-file.ts';

/** The server that `belay up` runs for one BELAY_HOME, from its run file. */
export type RunningServer = z.infer<typeof runningServer>;

const runningServer = z.object({
  pid: z.number(),
  startTime: z.string(),
  address: z.string(),
  namespace: z.string(),
  uiUrl: z.string(),
});

export function readRunningServer(home: string): Promise<RunningServer | undefined> {
  return readRunFile(homeLayout(home).temporalRun, runningServer);
}
