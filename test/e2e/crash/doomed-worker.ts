/** A control worker that is struck where its trap says; everything else is as in workers/control. */
import * as z from 'zod';
import { loadConfig } from '../../../src/config/load-config.ts';
import { installRuntime } from '../../../workers/runtime.ts';
import { startControl } from '../../../workers/start-control.ts';
import { actFailpoints } from './act-failpoints.ts';
import { Failpoints, readTrap } from './failpoints.ts';
import { taskFailpoints } from './task-failpoints.ts';

const { bundle, trap } = z
  .object({
    bundle: z.string(),
    /** A trap, or the file where it is read whenever a place is passed. */
    trap: z.union([
      z.string(),
      z.object({
        folder: z.string(),
        place: z.string().exactOptional(),
        then: z.enum(['die', 'halt']).exactOptional(),
      }),
    ]),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const config = loadConfig();
installRuntime(config.logLevel);
const failpoints = new Failpoints(() => (typeof trap === 'string' ? readTrap(trap) : trap));
const control = await startControl(config, {
  workflowBundle: { codePath: bundle },
  stickyQueueScheduleToStartTimeout: '1 s',
  interceptors: { activity: [actFailpoints(failpoints)] },
  sinks: { ...taskFailpoints(failpoints) },
});
process.once('SIGTERM', () => control.shutdown());
await control.run();
await control.close();
