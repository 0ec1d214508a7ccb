/** How a Deployment comes to control the canary's ReplicaSet. Pure. */
import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { sameTemplate } from '../state/template-revision.ts';
import { surgeOf } from '../state/update-batch.ts';
import { annotations, metadataPath } from './names.ts';

export function isControlledBy({ metadata }: V1ReplicaSet, owner: V1Deployment): boolean {
  const controller = metadata?.ownerReferences?.find((one) => one.controller);
  return controller !== undefined && controller.uid === owner.metadata?.uid;
}

/** Whether the Deployment's controller would take this ReplicaSet for that of the current template. */
export function hasTemplateOf({ spec }: V1ReplicaSet, deployment: V1Deployment): boolean {
  const wanted = deployment.spec?.template;
  return (
    spec?.template !== undefined && wanted !== undefined && sameTemplate(spec.template, wanted)
  );
}

/**
 * One write makes it the Deployment's, complete by the rules of the Deployment's controller: it scales the
 * old ReplicaSets to 0, even while the Deployment is paused, and takes no pod of this one for surplus.
 */
export function adoptionSteps(set: V1ReplicaSet, deployment: V1Deployment): PatchStep[] {
  const { name = '', uid = '' } = deployment.metadata ?? {};
  const { spec } = deployment;
  const desired = spec?.replicas ?? 1;
  const surge = spec === undefined ? 0 : surgeOf(spec);
  return [
    { op: 'test', path: '/metadata/ownerReferences', value: set.metadata?.ownerReferences },
    { op: 'test', path: '/spec/template', value: set.spec?.template },
    { op: 'test', path: '/spec/replicas', value: set.spec?.replicas },
    {
      op: 'replace',
      path: '/metadata/ownerReferences',
      value: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    { op: 'replace', path: '/metadata/labels', value: set.spec?.template?.metadata?.labels },
    note(annotations.desiredReplicas, desired),
    note(annotations.maxReplicas, desired + surge),
    ...ofCanary.filter((key) => set.metadata?.annotations?.[key] !== undefined).map(forget),
  ];
}

const ofCanary = [
  annotations.template,
  annotations.stored,
  annotations.given,
  annotations.ofDeployment,
];

function note(key: string, value: number): PatchStep {
  return { op: 'add', path: metadataPath('annotations', key), value: String(value) };
}

function forget(key: string): PatchStep {
  return { op: 'remove', path: metadataPath('annotations', key) };
}
