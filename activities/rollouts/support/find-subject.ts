import { sleep } from '@temporalio/activity';
import type {
  AlertSubject,
  NamedDeployment,
  OpenRollouts,
  ServiceName,
} from '../../../src/contracts/rollouts/alerts.ts';
import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import { listReports } from '../../../src/contracts/rollouts/list-reports.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { deploymentsOf } from '../../../src/policies/rollouts/deployments-of.ts';

interface Sources {
  ledger: Ledger;
  rollouts: OpenRollouts;
}

/** The newest reports of each service: one that the janitor wrote says nothing of a target. */
const reportsEach = 3;
/** The server's list of open rollouts lags, so a rollout that has just begun may be missing once. */
const retryAfterMs = [500, 1_500];

/**
 * The one service that an alert names, whether by Belay's names or by its Deployment's. An alert
 * whose labels fit two services names neither.
 */
export async function findSubject(
  subject: AlertSubject,
  sources: Sources,
): Promise<ServiceName | { trouble: string }> {
  const { service, environment, deployment, namespace } = subject;
  const byName = service !== undefined && environment !== undefined;
  const named =
    deployment !== undefined && namespace !== undefined ? { deployment, namespace } : undefined;
  if (!byName && named === undefined) {
    return {
      trouble:
        'it names no service: give its rule the labels deployment and namespace, or service and environment',
    };
  }
  const found = named === undefined ? [] : await findDeployed(named, sources, !byName);
  const exact = found.find((one) => one.service === service && one.environment === environment);
  if (exact !== undefined) return exact;
  const [first, second] = found;
  if (second !== undefined) {
    const names = found.map((one) => `${one.environment}/${one.service}`).join(', ');
    return {
      trouble: `its Deployment ${namespace}/${deployment} is that of ${names}: which is meant?`,
    };
  }
  if (first !== undefined) return first;
  if (byName) return { service, environment };
  return { trouble: `Belay knows no service with the Deployment ${namespace}/${deployment}` };
}

/** An open rollout is what the Deployment is about; only without one, the last that Temporal or the ledger knows. */
async function findDeployed(
  named: NamedDeployment,
  { ledger, rollouts }: Sources,
  mayWait: boolean,
): Promise<ServiceName[]> {
  const find = async () => {
    const open = await rollouts.findByDeployment(named);
    return open.length > 0 ? open : rollouts.findEndedByDeployment(named);
  };
  const found = await find();
  if (found.length > 0) return found;
  const name = `${named.namespace}/${named.deployment}`;
  let reports: RolloutReport[] = [];
  let trouble: Error | undefined;
  try {
    reports = await listReports(ledger, { each: reportsEach });
  } catch (error) {
    trouble = error instanceof Error ? error : new Error(String(error));
  }
  const reported = reports
    .map(({ subject: { environment, name: service }, spec }) => {
      return { service, environment, target: targetIn(spec) };
    })
    .filter((one) => deploymentsOf(one).includes(name));
  if (reported.length > 0) return unique(reported);
  for (const waitMs of mayWait ? retryAfterMs : []) {
    await sleep(waitMs);
    const late = await find();
    if (late.length > 0) return late;
  }
  // Without the ledger it is unknown whose Deployment this is, unless the alert names a service, too.
  if (mayWait && trouble !== undefined) throw trouble;
  return [];
}

function targetIn(spec: unknown): unknown {
  return (spec as { target?: unknown } | undefined)?.target;
}

function unique(names: ServiceName[]): ServiceName[] {
  const byId = new Map(names.map((name) => [rolloutWorkflowId(name), name] as const));
  return [...byId.values()].map(({ service, environment }) => ({ service, environment }));
}
