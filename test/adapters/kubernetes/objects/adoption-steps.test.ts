import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { applyPatch } from 'rfc6902';
import { expect, test } from 'vitest';
import {
  adoptedSizeSteps,
  adoptionSteps,
  detachSteps,
  forgetStoppedSteps,
  hasTemplateOf,
  isControlledBy,
  loosenSteps,
  renounceSteps,
  startAgainSteps,
  wasStoppedFor,
} from '../../../../src/adapters/kubernetes/objects/adoption-steps.ts';
import { bareCanary, stableShop, template } from '../state/shop-objects.ts';

const wouldStore = 'belay.dev/deployment-template';
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
  const annotations = { ...workload.metadata?.annotations, [wouldStore]: 'digest' };
  const ownerReferences = [{ ...owner, controller: true }];
  const metadata = { ...workload.metadata, annotations, ownerReferences };
  const status = { replicas: 4, availableReplicas: 4 };
  return structuredClone({ ...(workload as V1ReplicaSet), metadata, status });
};

test("one write makes the canary's ReplicaSet the Deployment's own, saturated at its size", () => {
  const adopted = canary();
  adopted.metadata!.labels = { ...adopted.metadata!.labels, 'belay.dev/track': 'canary' };
  const failures = applyPatch(adopted, adoptionSteps(adopted, deployment(), undefined));
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
  const steps = adoptionSteps(canary(), deployment(), undefined);
  const changes: ((set: V1ReplicaSet) => void)[] = [
    (set) => (set.metadata!.ownerReferences![0]!.uid = 'another'),
    (set) => (set.spec!.template!.spec!.containers[0]!.image = 'shop:v9'),
    (set) => (set.spec!.replicas = 3),
    (set) => (set.metadata!.annotations![wouldStore] = 'another'),
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

test('it is not begun unless all pods of the size that the Deployment has now are available', () => {
  const begin = (set: V1ReplicaSet, replicas = 4) =>
    adoptionSteps(set, deployment('v3', replicas), undefined);
  expect(() => begin({ ...canary(), status: { replicas: 4, availableReplicas: 3 } })).toThrow(
    '3 of its 4 pods are available',
  );
  expect(() => begin(canary(), 3)).toThrow('Deployment shop wants 3');
  expect(() => begin(canary(), 5)).toThrow('Deployment shop wants 5');
  const renounced = canary();
  applyPatch(renounced, renounceSteps(renounced));
  expect(() => begin(renounced)).toThrow('cannot be adopted now');
  expect(renounceSteps(renounced)).toEqual([]);
});

test('an adopted ReplicaSet gets the size that the Deployment has since, and a bare one does not', () => {
  const adopted = canary();
  expect(adoptedSizeSteps(adopted, deployment('v3', 6), undefined)).toBe('as-wanted');
  applyPatch(adopted, adoptionSteps(adopted, deployment(), undefined));
  expect(adoptedSizeSteps(adopted, deployment(), undefined)).toBe('as-wanted');
  const steps = adoptedSizeSteps(adopted, deployment('v3', 6), undefined);
  applyPatch(adopted, steps as Exclude<typeof steps, 'as-wanted'>);
  expect(adopted).toMatchObject({
    metadata: { annotations: { 'deployment.kubernetes.io/desired-replicas': '6' } },
    spec: { replicas: 6 },
  });
});

test('one write makes an adopted ReplicaSet the canary again, which is not adopted once more', () => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    name: 'shop-canary',
    uid: 'u',
  };
  const set = canary();
  applyPatch(set, adoptionSteps(set, deployment(), undefined));
  const labels = { 'belay.dev/track': 'canary' };
  const detached = { labels, release: 'digest', replicas: 5 };
  applyPatch(set, detachSteps(set, { ...owner, controller: true }, detached));
  expect(set.spec?.replicas).toBe(5);
  expect(isControlledBy(set, deployment())).toBe(false);
  expect(set.metadata).toMatchObject({
    ownerReferences: [{ kind: 'ControllerRevision', controller: true }],
    labels: { app: 'shop', 'pod-template-hash': 'd', 'belay.dev/track': 'canary' },
    annotations: { 'belay.dev/template': 'digest' },
  });
  expect(set.metadata?.annotations?.[wouldStore]).toBeUndefined();
  expect(() => adoptionSteps(set, deployment(), undefined)).toThrow('cannot be adopted now');
});

const desired = 'deployment.kubernetes.io/desired-replicas';

test('an adopted ReplicaSet that is taken back does not count as complete, and gets no size any more', () => {
  const adopted = canary();
  applyPatch(adopted, adoptionSteps(adopted, deployment(), undefined));
  const late = adoptedSizeSteps(adopted, deployment('v3', 6), undefined);
  expect(applyPatch(adopted, loosenSteps(adopted))).toEqual([null, null, null]);
  expect(adopted.metadata?.annotations?.[desired]).toBeUndefined();
  expect(adopted.metadata?.annotations?.['deployment.kubernetes.io/max-replicas']).toBe('5');
  expect(loosenSteps(adopted)).toEqual([]);
  expect(adoptedSizeSteps(adopted, deployment('v3', 6), undefined)).toBe('as-wanted');
  const failures = applyPatch(adopted, late as Exclude<typeof late, 'as-wanted'>);
  expect(failures.some((failure) => failure !== null)).toBe(true);
});

test('a size that comes after the canary has left the Deployment is refused', () => {
  const set = canary();
  applyPatch(set, adoptionSteps(set, deployment(), undefined));
  const late = adoptedSizeSteps(set, deployment('v3', 6), undefined);
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    name: 'shop-canary',
    uid: 'u',
  };
  const detached = { labels: {}, release: 'digest', replicas: 4 };
  applyPatch(set, detachSteps(set, { ...owner, controller: true }, detached));
  const [refused] = applyPatch(set, late as Exclude<typeof late, 'as-wanted'>);
  expect(refused).not.toBeNull();
});

test.each([
  [0, 4, 4, true],
  [2, 4, 4, true],
  [4, 4, 4, false],
  [5, 4, 5, false],
])(
  'stable with %s pods gets %s back: it has %s, and whether they were stopped is noted: %s',
  (now, wanted, then, isNoted) => {
    const stable = canary();
    stable.spec!.replicas = now;
    const steps = startAgainSteps(stable, wanted, 'd');
    expect(applyPatch(stable, steps).filter((failure) => failure !== null)).toEqual([]);
    expect(stable.spec?.replicas).toBe(then);
    expect(wasStoppedFor(stable, 'd')).toBe(isNoted);
    expect(wasStoppedFor(stable, 'another')).toBe(false);
    applyPatch(stable, forgetStoppedSteps(stable));
    expect(wasStoppedFor(stable, 'd')).toBe(false);
  },
);

test('pods of stable that were stopped since they were counted are not taken for running', () => {
  const stable = canary();
  const steps = startAgainSteps(stable, 4, 'd');
  stable.spec!.replicas = 0;
  expect(applyPatch(stable, steps).some((failure) => failure !== null)).toBe(true);
});
