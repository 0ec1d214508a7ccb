/** The pods of stable, regardless of changes by others to the paused Deployment. */
import type { V1Container, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { labels } from '../objects/names.ts';
import { withoutHash, withoutSetAside } from '../objects/template.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';

/** ReplicaSets that the Deployment controls. */
export async function replicaSetsOf(
  act: Act,
  { deployment }: Pick<Held, 'deployment'>,
): Promise<V1ReplicaSet[]> {
  return act.api.controlledBy('replicasets', act.target.namespace, deployment.metadata?.uid ?? '');
}

export async function stableTemplate(act: Act, held: Held): Promise<V1PodTemplateSpec> {
  const { stableHash } = held.record;
  const found = (await replicaSetsOf(act, held)).find(
    ({ metadata }) => metadata?.labels?.[labels.templateHash] === stableHash,
  );
  if (found?.spec?.template) return withoutSetAside(withoutHash(found.spec.template));
  throw new PlatformError(
    'conflict',
    `the ReplicaSet ${act.stable.name}-${stableHash}, which was stable when the rollout began, is gone`,
  );
}

/** Whether every container takes time to stop, so that it may be stopped while it has traffic. */
export function drainsItself({ spec }: V1PodTemplateSpec): boolean {
  const hasHook = ({ lifecycle }: V1Container) => lifecycle?.preStop !== undefined;
  return (spec?.containers ?? []).every(hasHook);
}
