import { loadavg } from 'node:os';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';
import { readCpuSeconds } from '../measures/process-cpu.ts';
import { readMemory } from '../measures/process-memory.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { progress, seconds } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { endOfLog, readRequests } from './audited-requests.ts';
import { startCanary, type CanaryPlan } from './canaries.ts';
import { countRequests, type RequestFigures } from './count-requests.ts';
import type { Fleet } from './fleet.ts';
import { healthyAtMs, sharesOf, type ActShare, type History } from './rollout-times.ts';

export interface CanariesFigures {
  canaries: number;
  promoted: number;
  /** From the start of all until this one was healthy, or its workflow done. */
  healthyMs: Quantiles;
  doneMs: Quantiles;
  requests: RequestFigures;
  workerCpuSeconds: number;
  apiServerCpuSeconds: number;
  workerPeakMb: number;
  shares: ActShare[];
  /** Over one minute, at the end. */
  loadAverage: number;
}

export interface Ground {
  cluster: ClusterAccess;
  apiServerPid: number;
  system: MeasuredSystem;
}

/** Starts a canary of every service of the fleet at the same time, and follows each to its end. */
export async function measureCanaries(
  { cluster, apiServerPid, system }: Ground,
  fleet: Fleet,
  plan: CanaryPlan,
): Promise<CanariesFigures> {
  const workerPid = await system.pidOf('worker');
  const cpu = () => Promise.all([workerPid, apiServerPid].map(readCpuSeconds));
  const before = await cpu();
  const from = await endOfLog(cluster.auditLog);

  const startedAtMs = Date.now();
  const rollouts = await Promise.all(
    fleet.services.map(async (service) => {
      const id = await startCanary(system, fleet, service, plan);
      const handle = system.client.workflow.getHandle(id);
      return { service, handle, report: (await handle.result()) as RolloutReport };
    }),
  );
  const after = await cpu();
  const { peakMb } = await readMemory(workerPid);

  const requests = await readRequests(cluster.auditLog, { from, namespace: fleet.namespace });
  const histories: History[] = [];
  for (const { handle } of rollouts) histories.push(await handle.fetchHistory());
  const healthy = rollouts.map(({ service }, index) => ({
    service,
    healthyAtMs: healthyAtMs(histories[index] ?? {}) ?? Infinity,
  }));
  const [worker, apiServer] = after.map((used, index) => used - (before[index] ?? 0));
  const figures = {
    canaries: rollouts.length,
    promoted: rollouts.filter(({ report }) => report.outcome === 'Promoted').length,
    healthyMs: quantilesOf(healthy.map(({ healthyAtMs: atMs }) => atMs - startedAtMs)),
    doneMs: quantilesOf(rollouts.map(({ report }) => report.endedAtMs - startedAtMs)),
    requests: countRequests(requests, healthy),
    workerCpuSeconds: worker ?? NaN,
    apiServerCpuSeconds: apiServer ?? NaN,
    workerPeakMb: peakMb,
    shares: sharesOf(histories),
    loadAverage: loadavg()[0] ?? NaN,
  };
  for (const { report } of rollouts.filter(({ report: { outcome } }) => outcome !== 'Promoted')) {
    progress(`${report.subject.name}: ${report.outcome}, ${report.reason}`);
  }
  progress(`${figures.canaries} done after ${seconds(figures.doneMs.max)} s`);
  return figures;
}
