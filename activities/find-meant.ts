import { sleep } from '@temporalio/activity';
import type { AlertSubject, OpenRollouts } from '../src/contracts/alerts.ts';
import type { Ledger } from '../src/contracts/ledger.ts';
import { rolloutWorkflowId } from '../src/contracts/messages.ts';
import { isDeploymentOf } from '../src/policies/alerts/match-target.ts';

export interface ServiceName {
  service: string;
  environment: string;
}

interface Sources {
  ledger: Ledger;
  rollouts: OpenRollouts;
}

const mostReports = 2_000;
/** The server's list of open rollouts lags, so a rollout that has just begun may be missing once. */
const askAgainAfterMs = [500, 1_500];

/**
 * The one service that an alert names, whether by Belay's names or by its Deployment's. An alert
 * whose labels fit two services names neither.
 */
export async function findMeant(
  subject: AlertSubject,
  sources: Sources,
): Promise<ServiceName | { trouble: string }> {
  const { service, environment, deployment, namespace } = subject;
  const byName = service !== undefined && environment !== undefined;
  const byDeployment = deployment !== undefined && namespace !== undefined;
  if (!byName && !byDeployment) {
    return {
      trouble:
        'it names no service: give its rule the labels deployment and namespace, or service and environment',
    };
  }
  const found = byDeployment ? await findDeployed(subject, sources, !byName) : [];
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

async function findDeployed(
  subject: AlertSubject,
  { ledger, rollouts }: Sources,
  mayWait: boolean,
): Promise<ServiceName[]> {
  const reports = await ledger.list({ limit: mostReports });
  const reported = reports.filter(({ service, environment, spec }) =>
    isDeploymentOf(subject, { service, environment, target: targetIn(spec) }),
  );
  if (reported.length > 0) return unique(reported);
  for (const waitMs of mayWait ? [0, ...askAgainAfterMs] : [0]) {
    await sleep(waitMs);
    const open = await findOpen(subject, rollouts);
    if (open.length > 0) return open;
  }
  return [];
}

async function findOpen(subject: AlertSubject, rollouts: OpenRollouts): Promise<ServiceName[]> {
  const { deployment: service = '', namespace: environment = '' } = subject;
  const ids = new Set([rolloutWorkflowId({ service, environment }), ...(await rollouts.listIds())]);
  const found: ServiceName[] = [];
  for (const id of ids) {
    const spec = await rollouts.readSpec(id);
    const { service, environment } = (spec ?? {}) as Partial<ServiceName>;
    if (typeof service !== 'string' || typeof environment !== 'string') continue;
    const placed = { service, environment, target: targetIn(spec) };
    if (isDeploymentOf(subject, placed)) found.push({ service, environment });
  }
  return unique(found);
}

function targetIn(spec: unknown): unknown {
  return (spec as { target?: unknown } | undefined)?.target;
}

function unique(names: ServiceName[]): ServiceName[] {
  const byId = new Map(names.map((name) => [rolloutWorkflowId(name), name] as const));
  return [...byId.values()].map(({ service, environment }) => ({ service, environment }));
}
