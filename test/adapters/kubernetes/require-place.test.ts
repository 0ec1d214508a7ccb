import { expect, test } from 'vitest';
import type { ClusterApi } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import { requirePlace } from '../../../src/adapters/kubernetes/require-place.ts';

const current = {} as ClusterApi;
const other = {} as ClusterApi;
const clusters = {
  of: (context: string | undefined) =>
    Promise.resolve(context === undefined || context === 'here' ? current : other),
};
const places = { contexts: ['eu', 'us'], namespaces: ['shop'] };

test.each([
  [{ namespace: 'shop' }],
  [{ context: 'here', namespace: 'shop' }],
  [{ context: 'us', namespace: 'shop' }],
])('accepts what the janitor sweeps: %j', async (target) => {
  await expect(requirePlace(target, places, clusters)).resolves.toBeUndefined();
});

test('refuses every other place, with those that are accepted', async () => {
  const target = { context: 'asia', namespace: 'billing' };
  await expect(requirePlace(target, places, clusters)).rejects.toMatchObject({
    code: 'invalid',
    message:
      'target.context: "asia" is not a context that these workers accept; BELAY_KUBERNETES_CONTEXTS has eu, us, ' +
      'and the current context needs no name; target.namespace: "billing" is not a namespace that these workers ' +
      'watch; BELAY_KUBERNETES_NAMESPACES has shop',
  });
});
