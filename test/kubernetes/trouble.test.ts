import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import { refusals } from '../../src/adapters/kubernetes/state/refusals.ts';
import { serviceState } from '../../src/adapters/kubernetes/state/service-state.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { describeOnCluster, newNamespace } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import {
  applyObject,
  deployPods,
  mergeAsSomeone,
  objectsOf,
  openClusterApi,
  plainShop,
  refIn,
} from '../fixtures/shop-objects-on-cluster.ts';
import { applyShop, startShop } from '../fixtures/shop.ts';

const besideV2 = {
  release: { version: 'v2', image: shopImage('v2') },
  way: 'beside' as const,
};

describeOnCluster('what keeps pods from being ready is named', [], () => {
  let api: OwnedClusterApi;
  let namespace: string;

  beforeAll(async () => {
    namespace = await newNamespace('trouble');
    api = await openClusterApi();
  });
  afterAll(() => api.close());

  const refTo = (service: string) => refIn(namespace, service);
  const read = async (ref: ServiceRef) => serviceState(await objectsOf(api, ref));
  const trouble = (ref: ServiceRef, expected: RegExp) =>
    eventually(async () => {
      const state = await read(ref);
      const troubles = state.stable?.replicas.map((replica) => replica.trouble ?? 'none') ?? [];
      expect(troubles.join('\n')).toMatch(expected);
      return state;
    }, 60_000);

  const merge = (apiVersion: string, kind: string, name: string, body: { spec: object }) =>
    mergeAsSomeone({ apiVersion, kind, metadata: { namespace, name }, ...body });

  test('an image that is not there', async () => {
    await startShop(namespace, { name: 'no-image', version: 'v1', replicas: 1 });
    await deployPods(namespace, 'no-image', { container: { image: 'belay.test/shop:nope' } });
    await trouble(
      refTo('no-image'),
      /container shop: ErrImageNeverPull: image belay\.test\/shop:nope/,
    );
  });

  test('an image that no registry has', async () => {
    const image = 'registry.invalid/shop:v1';
    await deployPods(namespace, 'no-pull', { container: { image, imagePullPolicy: 'Always' } });
    await trouble(
      refTo('no-pull'),
      /container shop: (ErrImagePull|ImagePullBackOff): image registry/,
    );
  });

  test('a crash, and then a crash loop', async () => {
    const crashing = { env: [{ name: 'CRASH', value: '1' }] };
    await deployPods(namespace, 'crash', {
      container: { ...crashing, terminationMessagePolicy: 'FallbackToLogsOnError' },
    });
    const state = await trouble(
      refTo('crash'),
      /container shop: CrashLoopBackOff: restarted (once|\d+ times), last ended with exit code 1: .+/,
    );
    expect(state.update).toMatchObject({
      complete: false,
      trouble: expect.stringMatching(/^pod crash-\S+: container shop: CrashLoopBackOff/),
    });
    expect(state.stable?.replicas[0]?.restarts).toBeGreaterThan(0);
  });

  test('a Secret that does not exist, as a variable and as a volume', async () => {
    const valueFrom = { secretKeyRef: { name: 'shop-db', key: 'url' } };
    await deployPods(namespace, 'no-secret', { container: { env: [{ name: 'URL', valueFrom }] } });
    const volumes = [{ name: 'tls', secret: { secretName: 'shop-tls' } }];
    const volumeMounts = [{ name: 'tls', mountPath: '/tls' }];
    await deployPods(namespace, 'no-volume', { pod: { volumes }, container: { volumeMounts } });
    await trouble(
      refTo('no-secret'),
      /container shop: CreateContainerConfigError: secret "shop-db" not found/,
    );
    await trouble(refTo('no-volume'), /not created yet; its volumes need Secret shop-tls/);
  });

  test('an init container that crashes', async () => {
    const init = { ...plainShop, name: 'migrate', readinessProbe: undefined };
    const initContainers = [{ ...init, env: [{ name: 'CRASH', value: '1' }] }];
    await deployPods(namespace, 'init', { pod: { initContainers } });
    await trouble(refTo('init'), /init container migrate: (exit code 1|CrashLoopBackOff)/);
  });

  test('pods that no node has room for', async () => {
    await deployPods(namespace, 'huge', { container: { resources: { requests: { cpu: '500' } } } });
    await trouble(refTo('huge'), /Unschedulable: 0\/\d+ nodes are available: .*Insufficient cpu/);
  });

  test('pods that run and are not ready', async () => {
    await deployPods(namespace, 'unready', {
      container: { env: [{ name: 'UNREADY', value: '1' }] },
    });
    const state = await trouble(
      refTo('unready'),
      /container shop: not ready: its readiness probe \(GET :8080\/health\) fails/,
    );
    expect(state.stable?.replicas[0]).toMatchObject({ ready: false, serving: false });
    const objects = await objectsOf(api, refTo('unready'));
    const reasons = refusals(refTo('unready'), objects, besideV2);
    expect(reasons.join()).not.toMatch(/update/);
  });

  test('a quota: before the rollout as a refusal, in the middle of it as the trouble', async () => {
    const narrow = await newNamespace('quota');
    await applyShop(narrow, { version: 'v1', replicas: 2 });
    await applyObject({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: narrow, name: 'small' },
      spec: { hard: { pods: '2' } },
    });
    const ref = refIn(narrow, 'shop');
    await eventually(async () => {
      expect(refusals(ref, await objectsOf(api, ref), besideV2)).toEqual([
        expect.stringMatching(/ResourceQuota small has no room: pods is limited to 2/),
      ]);
    });
    await deployPods(narrow, 'second');
    const state = await eventually(async () => {
      const found = await read(refIn(narrow, 'second'));
      expect(found.stable?.trouble).toMatch(
        /^ReplicaSet second-\S+ cannot create pods: quota exceeded: .*exceeded quota: small/,
      );
      return found;
    });
    expect(state.update?.trouble).toMatch(/quota exceeded/);
  });

  test('a deadline that passed without progress', async () => {
    await deployPods(namespace, 'late', { container: { image: 'belay.test/shop:nope' } });
    await merge('apps/v1', 'Deployment', 'late', { spec: { progressDeadlineSeconds: 2 } });
    await eventually(async () => {
      expect((await read(refTo('late'))).stable?.trouble).toMatch(
        /Deployment late: ProgressDeadlineExceeded: /,
      );
    }, 60_000);
  });
});
