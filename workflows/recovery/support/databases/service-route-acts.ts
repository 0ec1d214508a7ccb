import { ApplicationFailure, isCancellation, proxyActivities, sleep } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { RouteFacts } from '../../../../src/contracts/recovery/routes.ts';
import type { ServiceRouteActivities } from '../../../../src/contracts/recovery/service-routes.ts';
import { nameOfRoute } from '../../../../src/policies/recovery/databases/name-of-route.ts';
import type { AgentProbe } from '../../../../src/specs/recovery/agent-probe.ts';
import type { ServiceRoute } from '../../../../src/specs/recovery/service-route.ts';
import { createAgentActs } from '../../../kernel/agent-acts.ts';
import type { Fencing } from '../../../kernel/fencing.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import type { RouteActs } from './router-acts.ts';

/** Clients wait meanwhile: what fails is asked again by the step. */
const attemptMs = 10_000;
const budgetMs = 30_000;
const probing = { heartbeatMs: 5_000, budgetMs: 10_000, absentAfterMs: 2_000 };
/** For every node of the cluster to learn where the Service leads. */
const passesWithinMs = 10_000;
const betweenMs = 500;

/** Everything a run does with a Service of Kubernetes, by the workers. */
export function createServiceRouteActs(
  { kind: _, probe, ...place }: ServiceRoute,
  fencing: Pick<Fencing, 'next'>,
): RouteActs {
  const name = nameOfRoute({ kind: 'service', ...place });
  const retry = { initialInterval: 200, maximumInterval: 2_000 };
  const { examineService } = proxyActivities<ServiceRouteActivities>({
    ...{ startToCloseTimeout: attemptMs, scheduleToCloseTimeout: budgetMs },
    ...{ retry: { ...retry, maximumAttempts: 2 }, summary: `examine ${name}` },
  });
  const { switchService } = proxyActivities<ServiceRouteActivities>({
    ...{ startToCloseTimeout: attemptMs, scheduleToCloseTimeout: budgetMs, retry },
    ...{ cancellationType: 'WAIT_CANCELLATION_COMPLETED', summary: `switch ${name}` },
  });
  return {
    examine: async (servers) => {
      const facts = await examineService({ ...place, ...(servers.length > 0 && { servers }) });
      if (probe === undefined || servers.length === 0) return facts;
      const why = await findFailure(probe, fencing);
      if (why === undefined) return facts;
      const problem = `${nameOf(probe)}, which has to pass afterwards, does not pass now: ${why}`;
      return { ...facts, problems: [...facts.problems, problem] };
    },
    switch: async (from, to) => {
      const facts = await switchService({ ...place, from, to });
      return probe === undefined ? facts : untilPasses(probe, fencing, facts);
    },
  };
}

async function untilPasses(
  probe: AgentProbe,
  fencing: Pick<Fencing, 'next'>,
  facts: RouteFacts,
): Promise<RouteFacts> {
  const endsAtMs = Date.now() + passesWithinMs;
  for (;;) {
    const why = await findFailure(probe, fencing);
    if (why === undefined) return { ...facts, detail: `${facts.detail}; ${nameOf(probe)} passes` };
    if (Date.now() > endsAtMs) {
      const message = `${nameOf(probe)} does not pass: ${why}`;
      throw ApplicationFailure.nonRetryable(message, failureTypes.targetRefused);
    }
    await sleep(betweenMs);
  }
}

/** Undefined: it passes. */
async function findFailure(
  { agent, probe }: AgentProbe,
  fencing: Pick<Fencing, 'next'>,
): Promise<string | undefined> {
  try {
    const { ok, detail } = await createAgentActs(agent, fencing, probing).runProbe(probe);
    return ok ? undefined : detail;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return reasonOf(error);
  }
}

function nameOf({ agent, probe }: AgentProbe): string {
  return `probe ${agent}/${probe}`;
}
