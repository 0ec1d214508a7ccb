/** What others write to a Deployment while it adopts the canary. Pure. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { RolloutRecord } from '../objects/record.ts';
import { by, isScaledToZero } from './drift.ts';
import { templateDigest } from './template-revision.ts';

/** With any of them, the Deployment would not run the pods that were judged. */
export type Interference = 'edited' | 'scaled-to-zero' | 'resumed';

export function interferenceWith(
  deployment: V1Deployment,
  record: RolloutRecord,
): Interference | undefined {
  const { spec } = deployment;
  if (spec === undefined || templateDigest(spec.template) !== record.given) return 'edited';
  if (isScaledToZero(deployment, record)) return 'scaled-to-zero';
  return spec.paused ? undefined : 'resumed';
}

/** The field, what someone did to it, and who did if that is known. */
export function inWords(interference: Interference, deployment: V1Deployment): string {
  const { field, did } = changes[interference];
  const { name = '' } = deployment.metadata ?? {};
  return `${field}: someone ${did} while Deployment ${name} adopted the canary${by(deployment, field.split('.'))}`;
}

const changes: Record<Interference, { field: string; did: string }> = {
  edited: { field: 'spec.template', did: 'changed its pod template' },
  'scaled-to-zero': { field: 'spec.replicas', did: 'scaled it to 0' },
  resumed: { field: 'spec.paused', did: 'resumed it' },
};
