import { proxyActivities } from '@temporalio/workflow';
import type { NodeAddress } from '../../../../src/contracts/recovery/database-node.ts';
import type {
  ExamineRouteCall,
  RouteActivities,
  RouteFacts,
  RouteTarget,
  SwitchRouteCall,
} from '../../../../src/contracts/recovery/routes.ts';
import { nameOfRoute } from '../../../../src/policies/recovery/databases/name-of-route.ts';
import type { AgentRoute } from '../../../../src/specs/recovery/route.ts';
import { createAgentCalls } from '../../../kernel/agent-calls.ts';
import type { Fencing } from '../../../kernel/fencing.ts';

/** Clients wait meanwhile: what does not answer is absent soon, and asked again by the step. */
const patience = { heartbeatMs: 5_000, budgetMs: 30_000, absentAfterMs: 2_000 };
const lookWithinMs = 5_000;
/** An undo is not asked again by itself: an agent that is being started again is waited for. */
const patienceOfUndos = { ...patience, absentAfterMs: 30_000, budgetMs: 60_000 };

/** What every route can do, whoever leads it. */
export interface RouteActs {
  /** `servers`: those to which it is to be led. */
  examine(servers: readonly NodeAddress[]): Promise<RouteFacts>;
  switch(
    from: NodeAddress,
    to: RouteTarget,
    waiting: SwitchRouteCall['waiting'],
  ): Promise<RouteFacts>;
}

/** Everything a run does with one route of clients, by the agent of its host. */
export function createRouterActs(route: AgentRoute, fencing: Pick<Fencing, 'next'>) {
  const { kind, agent, router } = route;
  const name = nameOfRoute(route);
  const calls = createAgentCalls(agent, fencing, patience);
  const retry = { ...calls.options.short.retry, initialInterval: 200, maximumInterval: 2_000 };
  const looks = proxyActivities<RouteActivities>({
    ...calls.options.short,
    ...{ retry: { ...retry, maximumAttempts: 2 }, startToCloseTimeout: lookWithinMs },
  });
  const acts = proxyActivities<RouteActivities>({ ...calls.options.reverts, retry });
  const undoing = createAgentCalls(agent, fencing, patienceOfUndos);
  const undos = proxyActivities<RouteActivities>({ ...undoing.options.reverts, retry });
  const about = { ...calls.call, router, kind };
  const { answer, nextStep } = calls;
  return {
    /** `servers`: those to which it is to be led. */
    examine: (servers: readonly NodeAddress[], behind?: ExamineRouteCall['behind']) =>
      answer(
        looks.examineRoute.executeWithOptions({ summary: `examine ${name}` }, [
          { ...about, ...(servers.length > 0 && { servers }), ...(behind && { behind }) },
        ]),
      ),

    /** Clients go on by themselves after `forMs`. */
    pause: (withinMs: number, forMs: number) =>
      answer(
        acts.pauseRoute.executeWithOptions(
          {
            summary: `pause the clients of ${name}`,
            startToCloseTimeout: patience.budgetMs + withinMs,
            scheduleToCloseTimeout: patience.budgetMs + withinMs,
          },
          [{ ...about, act: nextStep(), withinMs, forMs }],
        ),
      ),

    /** Without `forMs`, clients wait until somebody lets them go on. */
    cut: (forMs?: number) =>
      answer(
        acts.cutRoute.executeWithOptions({ summary: `cut the clients of ${name}` }, [
          { ...about, act: nextStep(), ...(forMs !== undefined && { forMs }) },
        ]),
      ),

    switch: (from: NodeAddress, to: RouteTarget, waiting: SwitchRouteCall['waiting']) =>
      answer(
        acts.switchRoute.executeWithOptions({ summary: `switch ${name}` }, [
          { ...about, act: nextStep(), from, to, waiting },
        ]),
      ),

    resume: () =>
      undoing.answer(
        undos.resumeRoute.executeWithOptions({ summary: `let the clients of ${name} go on` }, [
          { ...about, act: nextStep() },
        ]),
      ),
  };
}

export type RouterActs = ReturnType<typeof createRouterActs>;
