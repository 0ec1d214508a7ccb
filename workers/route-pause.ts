/**
 * The process that ends a pause of the clients of a router. It outlives the agent, and lets them go on
 * once the time of the pause is over.
 */
import { text } from 'node:stream/consumers';
import { createHoldingRouter } from '../src/adapters/routers/holding-router.ts';
import { keepPause } from '../src/adapters/routers/pauses/keep-pause.ts';
import type { PauseKeeperJob } from '../src/adapters/routers/pauses/keeper-job.ts';

/** Ends by itself; what a terminal or a stopping session sends is not meant for it. */
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const { folder, id, settings } = JSON.parse(await text(process.stdin)) as PauseKeeperJob;
const router = createHoldingRouter(settings, folder);
await keepPause({
  ...{ folder, id },
  resume: () => router.resume(undefined),
  giveUp: () => router.forgetHeld(),
  onError: (error) => {
    console.error(new Date().toISOString(), error);
  },
});
