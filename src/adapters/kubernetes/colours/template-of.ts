import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { withoutHash } from '../objects/template.ts';
import type { Workload } from '../state/service-objects.ts';
import { templateDigest } from '../state/template-revision.ts';

/** The current or an earlier template of the Deployment, by its digest: its ReplicaSets keep them. */
export function templateOf(
  { deployment, replicaSets }: Workload,
  digest: string | undefined,
): V1PodTemplateSpec {
  const templates = [deployment, ...replicaSets].flatMap(({ spec }) => spec?.template ?? []);
  const found = templates.find((template) => templateDigest(template) === digest);
  if (found) return withoutHash(found);
  throw new PlatformError(
    'conflict',
    `Deployment ${deployment.metadata?.name ?? ''} no longer keeps the template that it had when the rollout claimed it`,
  );
}
