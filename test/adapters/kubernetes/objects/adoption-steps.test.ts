import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { applyPatch } from 'rfc6902';
import { expect, test } from 'vitest';
import {
  adoptionSteps,
  hasTemplateOf,
  isControlledBy,
} from '../../../../src/adapters/kubernetes/objects/adoption-steps.ts';
import { bareCanary, stableShop, template } from '../state/shop-objects.ts';

const deployment = (version = 'v3', replicas = 4): V1Deployment => {
  const { deployment: found } = stableShop(replicas);
  return { ...found, spec: { ...found.spec!, template: template(version) } };
};
const canary = (): V1ReplicaSet => {
  const { workload } = bareCanary(4);
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    name: 'shop-canary',
    uid: 'u',
  };
  const metadata = { ...workload.metadata, ownerReferences: [{ ...owner, controller: true }] };
  return structuredClone({ ...(workload as V1ReplicaSet), metadata });
};

test("one write makes the canary's ReplicaSet the Deployment's own, saturated at its size", () => {
  const adopted = canary();
  adopted.metadata!.labels = { ...adopted.metadata!.labels, 'belay.dev/track': 'canary' };
  const failures = applyPatch(adopted, adoptionSteps(adopted, deployment()));
  expect(failures.filter((failure) => failure !== null)).toEqual([]);
  expect(isControlledBy(adopted, deployment())).toBe(true);
  expect(adopted.metadata).toMatchObject({
    labels: { app: 'shop', 'pod-template-hash': 'd' },
    annotations: {
      'deployment.kubernetes.io/desired-replicas': '4',
      'deployment.kubernetes.io/max-replicas': '5',
    },
  });
  const left = [
    ...Object.keys(adopted.metadata?.labels ?? {}),
    ...Object.keys(adopted.metadata?.annotations ?? {}),
  ];
  expect(left.filter((key) => key.startsWith('belay.dev/'))).toEqual([]);
});

test('it is refused where the owner, the template or the size has changed since it was read', () => {
  const steps = adoptionSteps(canary(), deployment());
  const changes: ((set: V1ReplicaSet) => void)[] = [
    (set) => (set.metadata!.ownerReferences![0]!.uid = 'another'),
    (set) => (set.spec!.template!.spec!.containers[0]!.image = 'shop:v9'),
    (set) => (set.spec!.replicas = 3),
  ];
  for (const change of changes) {
    const changed = canary();
    change(changed);
    expect(applyPatch(changed, steps).some((failure) => failure !== null)).toBe(true);
  }
});

test('templates are compared without the hash that each ReplicaSet has', () => {
  expect(hasTemplateOf(canary(), deployment('v3'))).toBe(true);
  expect(hasTemplateOf(canary(), deployment('v2'))).toBe(false);
});
