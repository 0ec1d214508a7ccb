import { createStartPauseKeeper } from '../../../src/adapters/routers/pauses/keeper-job.ts';
import { createRouters } from '../../../src/adapters/routers/create-routers.ts';
import type { RouteHost } from '../../../src/contracts/recovery/route-host.ts';
import { ownProgram } from '../../../src/embedded/own-process.ts';
import type { RouterSettings } from '../../../src/specs/kernel/routers.ts';

/** The routers of a host, whose pauses are kept by processes of their own. */
export function routersOf(routers: readonly RouterSettings[], stateFolder: string): RouteHost {
  return createRouters({
    ...{ routers, stateFolder },
    startKeeper: createStartPauseKeeper(ownProgram('workers/route-pause')),
    onError: (message, error) => {
      console.error(message, error);
    },
  });
}
