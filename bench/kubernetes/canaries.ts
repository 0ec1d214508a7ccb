import { startRollout } from '../../src/cli/rollouts/start-rollout.ts';
import { writtenSpec } from '../../src/specs/rollouts/written-spec.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import type { Fleet } from './fleet.ts';

export interface CanaryPlan {
  stages: { weight: number; hold: string }[];
  router?: object;
}

export const withoutHolds: CanaryPlan['stages'] = [5, 20, 50].map((weight) => ({
  weight,
  hold: '0s',
}));

/** Rolls out v2 of a service, as `belay deploy` does. Returns the workflow's ID. */
export async function startCanary(
  { client, config }: MeasuredSystem,
  { namespace }: Fleet,
  service: string,
  { stages, router }: CanaryPlan,
): Promise<string> {
  const asWritten = {
    kind: 'canary',
    service,
    environment: namespace,
    target: { platform: 'kubernetes', namespace, ...(router && { router }) },
    release: { version: 'v2', image: shopImage('v2') },
    stages,
    analysis: 'none',
  };
  const resolution = resolveSpecInput('canary', asWritten);
  if (!resolution.ok) {
    throw new Error(formatProblems(resolution.problems, { source: 'the spec of this benchmark' }));
  }
  const { spec } = resolution;
  await startRollout(client, {
    spec,
    asWritten: writtenSpec(asWritten),
    taskQueue: config.taskQueue,
    by: 'bench',
  });
  return rolloutWorkflowId(spec);
}
