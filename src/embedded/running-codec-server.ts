import * as z from 'zod';
import { homeLayout } from '../config/home.ts';
import { isAlive } from '../processes/identity.ts';
import { readRunFile } from '../processes/run-file.ts';

const runningCodecServer = z.object({ pid: z.number(), startTime: z.string(), url: z.string() });

/** The `belay codec-server` of one BELAY_HOME, if it is alive. */
export async function readRunningCodecServer(home: string): Promise<{ url: string } | undefined> {
  const found = await readRunFile(homeLayout(home).codecRun, runningCodecServer);
  return found !== undefined && (await isAlive(found)) ? found : undefined;
}
