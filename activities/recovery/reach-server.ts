import { Context } from '@temporalio/activity';
import { reachServer, watchServer } from '../../src/adapters/postgres/reach-server.ts';
import type { ReachServerActivities } from '../../src/contracts/recovery/reach-server.ts';

export function createReachServerActivities(): ReachServerActivities {
  return {
    reachServer,
    watchServer: (call) => {
      const context = Context.current();
      return watchServer(call, {
        signal: context.cancellationSignal,
        onLook: () => context.heartbeat(),
      });
    },
  };
}
