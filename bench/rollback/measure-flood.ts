import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { createAlertLedger } from '../../src/contracts/rollouts/alert-ledger.ts';
import { listReports } from '../../src/contracts/rollouts/list-reports.ts';
import type { AlertResponse } from '../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowType } from '../../src/kinds/workflow-types.ts';
import { inParallel } from '../measures/in-parallel.ts';
import { readOpenWatch } from '../measures/open-watch.ts';
import { readMemory } from '../measures/process-memory.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import { firstReleases, holdCanaries, servicesNamed } from '../system/company.ts';
import type { MeasuredGateway, MeasuredSystem } from '../system/measured-system.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { planFlood, type FloodPlan, type FloodRequest } from './plan-flood.ts';
import { sendWebhook } from './send-webhook.ts';

export interface FloodFigures {
  plan: FloodPlan;
  /** Milliseconds until all were answered. */
  took: number;
  kinds: { kind: string; sent: number; asExpected: number; answeredMs: Quantiles }[];
  /** Resident memory, after each tenth of the webhooks. */
  gatewayMb: number[];
  /** The distinct alerts that require a rollback. */
  alerts: { expected: number; handled: number; lost: number };
  /** `twice`: more than one alert acted there, or its rollout was reported more than once. */
  services: { expected: number; rolledBack: number; twice: number };
}

interface Answered extends FloodRequest {
  status: number;
  tookMs: number;
}

/** Sends a mixture of good and bad webhooks, and afterwards checks the result of each. */
export async function measureFlood(system: MeasuredSystem, plan: FloodPlan): Promise<FloodFigures> {
  const gateway = await system.readGateway();
  const refs = servicesNamed('flooded', plan.services);
  await withoutJanitor(system, () => firstReleases(system, refs));
  const ids = await holdCanaries(system, refs);
  await inParallel(ids, plan.callers, (id) =>
    until(`${id} has traffic`, () => readOpenWatch(system.client.workflow.getHandle(id))),
  );
  const { requests, alerts } = planFlood(plan, refs, Date.now());

  progress(`sending ${requests.length} webhooks, ${plan.callers} at a time`);
  const sentAt = performance.now();
  const { answered, gatewayMb } = await send(gateway, requests, plan.callers);
  const took = performance.now() - sentAt;

  await untilAllAreDealtWith(system);
  const ledger = openLedger(system.config);
  const responses = await createAlertLedger(ledger).list();
  const reports = await listReports(ledger);
  await ledger.close();
  const expected = alerts.map(alertWorkflowId);
  const handled = new Set(responses.map(({ alertId }) => alertId));
  const perService = refs.map(({ service }) => ({
    acts: responses.filter((one) => one.service === service && hasActed(one)).length,
    reports: reports.filter(({ subject }) => subject.name === service),
  }));
  return {
    plan,
    took,
    kinds: figuresByKind(answered),
    gatewayMb,
    alerts: {
      expected: expected.length,
      handled: handled.size,
      lost: expected.filter((id) => !handled.has(id)).length,
    },
    services: {
      expected: refs.length,
      rolledBack: perService.filter(({ reports: [report] }) => report?.outcome === 'RolledBack')
        .length,
      twice: perService.filter(({ acts, reports: { length } }) => acts > 1 || length > 1).length,
    },
  };
}

function hasActed({ action }: AlertResponse): boolean {
  return action !== 'none';
}

async function send(gateway: MeasuredGateway, requests: FloodRequest[], callers: number) {
  const gatewayMb: number[] = [];
  const answered: Answered[] = [];
  const tenth = Math.ceil(requests.length / 10);
  for (let from = 0; from < requests.length; from += tenth) {
    const part = requests.slice(from, from + tenth);
    const answers = await inParallel(part, callers, async (request): Promise<Answered> => {
      const { status, tookMs } = await sendWebhook(gateway, request.webhook);
      return { ...request, status, tookMs };
    });
    answered.push(...answers);
    gatewayMb.push((await readMemory(gateway.pid)).rssMb);
  }
  return { answered, gatewayMb };
}

async function untilAllAreDealtWith({ client }: MeasuredSystem): Promise<void> {
  const query = `WorkflowType = '${alertWorkflowType}' AND ExecutionStatus = 'Running'`;
  await until(
    'every alert is handled',
    async () => (await client.workflow.count(query)).count === 0,
    1_000,
  );
}

function figuresByKind(answered: Answered[]): FloodFigures['kinds'] {
  return [...new Set(answered.map(({ kind }) => kind))].sort().map((kind) => {
    const ofKind = answered.filter((one) => one.kind === kind);
    return {
      kind,
      sent: ofKind.length,
      asExpected: ofKind.filter(({ status, expected }) => expected.includes(status)).length,
      answeredMs: quantilesOf(ofKind.map(({ tookMs }) => tookMs)),
    };
  });
}
