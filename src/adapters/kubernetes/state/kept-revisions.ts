import type {
  V1ControllerRevision,
  V1Deployment,
  V1PodTemplateSpec,
  V1ReplicaSet,
} from '@kubernetes/client-node';
import type { KeptRevision } from '../../../contracts/rollouts/platform.ts';
import { releaseOf } from './release-of.ts';
import type { ServiceObjects, Workload } from './service-objects.ts';
import { currentReplicaSet, revisionOf, sameTemplate } from './template-revision.ts';

/**
 * Releases that can be brought back, newest first: the Deployment's ReplicaSets other than the current
 * one, and the separate template of a Deployment that keeps none.
 */
export function keptRevisions({
  stable,
  keptTemplate,
}: Pick<ServiceObjects, 'stable' | 'keptTemplate'>): KeptRevision[] {
  const fromReplicaSets = keptReplicaSets(stable);
  return fromReplicaSets.length > 0 || !keptTemplate
    ? fromReplicaSets
    : keptControllerRevision(keptTemplate, stable.deployment);
}

function keptReplicaSets({ deployment, replicaSets }: Workload): KeptRevision[] {
  const current = currentReplicaSet(deployment, replicaSets) ?? replicaSets[0];
  const wanted = deployment.spec?.replicas ?? 1;
  return replicaSets
    .filter((replicaSet) => replicaSet !== current && revisionOf(replicaSet) > 0)
    .map((replicaSet) => {
      const revision = revisionOf(replicaSet);
      return {
        revision,
        release: { version: releaseOf(replicaSet.spec?.template ?? {}).version, revision },
        wanted,
        replacedAtMs: replacedAt(replicaSet, deployment, replicaSets),
      };
    });
}

/**
 * When the next revision came: the creation of its ReplicaSet. If it was an earlier release that was
 * brought back, that is too early; then the Deployment's last progress is the closest known time.
 */
function replacedAt(
  replicaSet: V1ReplicaSet,
  deployment: V1Deployment,
  all: V1ReplicaSet[],
): number {
  const born = bornAt(replicaSet);
  const [next] = all
    .filter((other) => revisionOf(other) > revisionOf(replicaSet))
    .sort((one, other) => revisionOf(one) - revisionOf(other));
  if (next && bornAt(next) >= born) return bornAt(next);
  const progressing = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  return Math.max(born, Number(progressing?.lastUpdateTime ?? 0));
}

export function bornAt({ metadata }: V1ReplicaSet): number {
  return Number(metadata?.creationTimestamp ?? 0);
}

/** It is stored before a promotion: until the promotion it is stable's own template. */
function keptControllerRevision(
  { metadata, revision, data }: V1ControllerRevision,
  { spec }: V1Deployment,
): KeptRevision[] {
  const template = data as V1PodTemplateSpec | undefined;
  if (!template || !spec || sameTemplate(template, spec.template)) return [];
  return [
    {
      revision,
      release: { version: releaseOf(template).version, revision },
      wanted: spec.replicas ?? 1,
      replacedAtMs: Number(metadata?.creationTimestamp ?? 0),
    },
  ];
}
