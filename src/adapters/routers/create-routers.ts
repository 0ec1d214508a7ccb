import { join } from 'node:path';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { RouteHost } from '../../contracts/recovery/route-host.ts';
import type { HoldingCall, RouteFacts, RouterCall } from '../../contracts/recovery/routes.ts';
import type { RouterSettings } from '../../specs/kernel/routers.ts';
import { DnsName } from './dns/dns-name.ts';
import { createHoldingRouter } from './holding-router.ts';
import type { StartPauseKeeper } from './pauses/keeper-job.ts';
import { LeasedPauses } from './pauses/leased-pauses.ts';
import type { Router } from './router.ts';

export interface RoutersOptions {
  routers: readonly RouterSettings[];
  stateFolder: string;
  startKeeper: StartPauseKeeper;
  onError(message: string, error: unknown): void;
}

interface Opened {
  router: Router;
  /** Absent: it holds nobody. */
  pauses?: LeasedPauses;
}

/** What leads clients on this host to the servers of a database. */
export function createRouters(options: RoutersOptions): RouteHost {
  const opened = new Map(options.routers.map((each) => [each.name, open(options, each)]));
  for (const { pauses } of opened.values()) pauses?.takeUp();
  const of = ({ router }: RouterCall): Opened => {
    const found = opened.get(router);
    if (found === undefined) throw new AgentError('refused', `there is no router ${router}`);
    return found;
  };
  const hold = (call: HoldingCall, work: () => Promise<RouteFacts>): Promise<RouteFacts> => {
    const { act, forMs } = call;
    const held = forMs === undefined ? undefined : { id: `${act.runRef}/${act.step}`, forMs };
    return of(call).pauses?.hold(held, work) ?? work();
  };
  const release = (call: RouterCall, work: () => Promise<RouteFacts>): Promise<RouteFacts> =>
    of(call).pauses?.release(work) ?? work();
  return {
    examineRoute: async (call) => {
      const { router } = of(call);
      const facts = await router.examine(call.servers, call.behind);
      return call.identifies === true && !facts.isPaused ? identified(router, facts) : facts;
    },
    pauseRoute: async (call) => hold(call, () => of(call).router.pause(call.withinMs)),
    cutRoute: async (call) => hold(call, () => of(call).router.cut()),
    switchRoute: async (call) =>
      release(call, () => of(call).router.switch(call.from, call.to, call.waiting)),
    resumeRoute: async (call) => release(call, () => of(call).router.resume(call.to)),
  };
}

async function identified(router: Router, facts: RouteFacts): Promise<RouteFacts> {
  try {
    const systemIdentifier = await router.identify?.();
    return { ...facts, ...(systemIdentifier !== undefined && { systemIdentifier }) };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { ...facts, problems: [...facts.problems, error.message] };
  }
}

function open({ stateFolder, startKeeper, onError }: RoutersOptions, each: RouterSettings): Opened {
  if ('dns' in each) return { router: new DnsName(each) };
  const folder = join(stateFolder, 'routers', each.name);
  const router = createHoldingRouter(each, folder);
  const pauses = new LeasedPauses({
    ...{ folder, onError },
    resume: () => router.resume(undefined),
    giveUp: () => router.forgetHeld(),
    startKeeper: (id) => startKeeper({ folder, id, settings: each }),
  });
  return { router, pauses };
}
