import { expect, test } from 'vitest';
import { serviceState } from '../../../../src/adapters/kubernetes/state/service-state.ts';
import { bareCanary, held, shopObjects, stableShop, target } from './shop-objects.ts';

test('remarks on an autoscaler that is held still, a budget in the way, a pod without probes', () => {
  const stable = stableShop();
  delete stable.deployment.spec!.template.spec!.containers[0]!.readinessProbe;
  const { remarks } = serviceState(
    shopObjects({
      stable,
      autoscaler: {
        metadata: { name: 'shop' },
        spec: {
          maxReplicas: 2,
          scaleTargetRef: { kind: 'Deployment', name: 'shop' },
          behavior: { scaleDown: { selectPolicy: 'Disabled' } },
        },
        status: { currentReplicas: 2, desiredReplicas: 2 },
      },
      budgets: [
        {
          metadata: { name: 'shop' },
          status: { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 },
        },
      ],
    }),
  );
  expect(remarks).toEqual([
    "HorizontalPodAutoscaler shop does not scale down: it counts the canary's pods too",
    'HorizontalPodAutoscaler shop is at its maximum of 2 replicas',
    'PodDisruptionBudget shop allows no disruption now: 2 of 2 pods healthy; nodes cannot be drained',
    'no container has a readiness probe: a pod gets requests as soon as it runs',
  ]);
});

const cannot =
  "Deployment shop cannot adopt the canary's pods, and replaces its own at the promotion: ";
const remarksWith = (over: Parameters<typeof shopObjects>[0]) =>
  serviceState(shopObjects({ stable: held(stableShop(), { canaryHash: 'd' }), ...over })).remarks;

test('a canary whose pods the Deployment would create itself needs no remark', () => {
  expect(remarksWith({ canary: bareCanary() })).toEqual([]);
});

test.each<[string, Parameters<typeof shopObjects>[0], string]>([
  [
    'labels of the spec that the release lacks',
    { target: { ...target, labels: { app: 'shop', team: 'payments' } } },
    'target.labels adds team',
  ],
  [
    'admission that treats ReplicaSets differently',
    { canary: bareCanary(1, { 'belay.dev/deployment-template': 'another' }) },
    'admission stores another pod template for ReplicaSet shop-d',
  ],
])('a canary that cannot be adopted is told, with the reason: %s', (_what, over, reason) => {
  expect(remarksWith(over)).toEqual([cannot + reason]);
});
