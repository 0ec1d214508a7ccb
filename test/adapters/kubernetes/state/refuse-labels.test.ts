import { describe, expect, test } from 'vitest';
import { labelRefusals } from '../../../../src/adapters/kubernetes/state/refuse-labels.ts';
import type { ServiceObjects } from '../../../../src/adapters/kubernetes/state/service-objects.ts';
import { shopObjects, shopService, stableShop, target } from './shop-objects.ts';

describe('labels of the spec', () => {
  const labelled = (labels: Record<string, string>, over: Partial<ServiceObjects> = {}) =>
    labelRefusals(shopObjects({ target: { ...target, labels }, ...over }));

  test('that nothing selects by are refused nothing', () => {
    expect(labelled({ team: 'payments', tier: 'web' })).toEqual([]);
  });

  test('with the value that the pods have anyway are refused nothing', () => {
    expect(labelled({ app: 'shop' })).toEqual([]);
  });

  test('are refused where the Deployment, a Service or a budget selects by them', () => {
    const stable = stableShop();
    const labels = { app: 'shop', tier: 'web', zone: 'a' };
    stable.deployment.spec!.template.metadata!.labels = labels;
    const over = {
      stable,
      services: [shopService(), shopService({ tier: 'web' }, 'web')],
      budgets: [
        {
          metadata: { name: 'zonal' },
          spec: { selector: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } },
        },
      ],
    };
    expect(labelled({ app: 'x', tier: 'y', zone: 'b', team: 'payments' }, over)).toEqual([
      'target.labels sets app, by which Deployment shop and Service shop select pods; leave that label out',
      'target.labels sets tier, by which Service web selects pods; leave that label out',
      'target.labels sets zone, by which PodDisruptionBudget zonal selects pods; leave that label out',
    ]);
  });
});
