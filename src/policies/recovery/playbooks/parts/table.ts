import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { agentCommand } from './agent-command.ts';
import { agentLease } from './agent-lease.ts';
import { agentProbe } from './agent-probe.ts';
import { belayLastRun } from './belay-last-run.ts';
import { belayRun } from './belay-run.ts';
import { httpGet } from './http-get.ts';
import { httpRequest } from './http-request.ts';
import { kubernetesCordon } from './kubernetes-cordon.ts';
import { kubernetesDeletePod } from './kubernetes-delete-pod.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { kubernetesLogs } from './kubernetes-logs.ts';
import { kubernetesPatch } from './kubernetes-patch.ts';
import { kubernetesReady } from './kubernetes-ready.ts';
import { kubernetesRestart } from './kubernetes-restart.ts';
import { kubernetesScale } from './kubernetes-scale.ts';
import { prometheusQuery } from './prometheus-query.ts';
import { sqlExecute } from './sql-execute.ts';
import { sqlQuery } from './sql-query.ts';
import { temporalCancel } from './temporal-cancel.ts';
import { temporalSignal } from './temporal-signal.ts';
import { temporalTerminate } from './temporal-terminate.ts';
import { temporalWorkflow } from './temporal-workflow.ts';

/** Every action and probe that a playbook can name. */
export const parts = [
  kubernetesRestart,
  kubernetesScale,
  kubernetesPatch,
  kubernetesCordon,
  kubernetesDeletePod,
  kubernetesReady,
  kubernetesLogs,
  kubernetesEvents,
  httpRequest,
  httpGet,
  agentCommand,
  agentLease,
  agentProbe,
  sqlExecute,
  sqlQuery,
  prometheusQuery,
  temporalSignal,
  temporalCancel,
  temporalTerminate,
  temporalWorkflow,
  belayRun,
  belayLastRun,
] as const satisfies readonly Part[];

type Of<Filter> = Extract<(typeof parts)[number], Filter>['name'];

/** Carried out by activities of a worker: their table has one entry for each. */
export type WorkerAction = Of<{ by: 'worker'; is: 'action' }>;
export type WorkerProbe = Of<{ by: 'worker'; is: 'probe' }>;
/** Carried out by the workflow itself, by agents or by other runs. */
export type WorkflowAction = Of<{ by: 'workflow'; is: 'action' }>;
export type WorkflowProbe = Of<{ by: 'workflow'; is: 'probe' }>;

const byName = new Map<string, Part>(parts.map((part) => [part.name, part]));

/** Undefined for an unknown name. */
export function partNamed(name: string): Part | undefined {
  return byName.get(name);
}

export function partNames(is: Part['is']): string[] {
  return parts.filter((part) => part.is === is).map(({ name }) => name);
}
