import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { RunSettings } from '../../../../src/contracts/kernel/settings.ts';
import type {
  PartCheck,
  PartInputs,
  ProbeOutcome,
} from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { RegionService } from '../../../../src/specs/recovery/region-service.ts';
import { createPlaybookActs } from '../playbooks/playbook-acts.ts';
import type { RegionRun } from './region-run.ts';

const scalePart = 'kubernetes.scale';
const readyPart = 'kubernetes.ready';
/** Databases do not wait long for a cluster that does not answer. */
const longestAttemptMs = 10_000;
const longestBudgetMs = 30_000;

/** One service in one of the regions, by the parts of playbooks. */
export function createServiceActs<Spec>(
  run: RegionRun<Spec>,
  { workload, namespace, contexts }: RegionService,
  region: string,
) {
  const service = `${namespace}/${workload}`;
  const place = { context: contexts[region], namespace, workload };
  const acts = createPlaybookActs(patienceOf(run.settings), `${service} in ${region}`);
  return {
    service,
    context: place.context ?? '',
    /** Changes nothing. */
    check: (replicas: number): Promise<PartCheck> =>
      acts.checkPart({ part: scalePart, inputs: { ...place, replicas } }),
    checkReady: (): Promise<PartCheck> => acts.checkPart({ part: readyPart, inputs: place }),
    /**
     * Undone, until a database has moved, where nobody else has scaled it meanwhile. Returns how many
     * there are: with `atLeast`, there may be more.
     */
    scale: async (
      replicas: number,
      before: unknown,
      { atLeast = false }: { atLeast?: boolean } = {},
    ): Promise<number> => {
      const inputs = { ...place, replicas, ...(atLeast && { atLeast }) };
      if (!run.isCommitted) {
        const name = `scale ${service} in ${region} back to ${replicasIn(before)}`;
        run.undo.arm(name, 'scaleBack', inputs, before);
        run.refresh();
      }
      const act = run.fencing.next();
      const key = `${run.id}/${region}/${service}`;
      const call = { part: scalePart, inputs, act, key, before, evidence: {} };
      const { outputs } = await acts.performPart(call);
      const now = outputs['replicas'];
      return typeof now === 'number' ? now : replicas;
    },
    askReady: (): Promise<ProbeOutcome> => acts.askPart({ part: readyPart, inputs: place }),
  };
}

export type ServiceActs = ReturnType<typeof createServiceActs>;

export async function scaleBack<Spec>(
  run: RegionRun<Spec>,
  inputs: PartInputs,
  before: unknown,
): Promise<void> {
  const acts = createPlaybookActs(run.settings, `undo ${scalePart}`);
  await acts.undoPart({ part: scalePart, inputs, before, act: run.fencing.next() });
}

/** What the check of a workload has found. */
export function replicasIn(before: unknown): number {
  const replicas = (before as { replicas?: unknown } | undefined)?.replicas;
  if (typeof replicas === 'number') return replicas;
  throw ApplicationFailure.nonRetryable(
    `The check of ${scalePart} does not say how many replicas there are: upgrade the workers`,
    failureTypes.targetRefused,
  );
}

function patienceOf(settings: RunSettings): RunSettings {
  return {
    ...settings,
    actTimeoutMs: Math.min(settings.actTimeoutMs, longestAttemptMs),
    actBudgetMs: Math.min(settings.actBudgetMs, longestBudgetMs),
  };
}
