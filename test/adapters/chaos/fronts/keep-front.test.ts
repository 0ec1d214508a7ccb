import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planFrontPod, planToken } from '../../../../src/adapters/chaos/fronts/front-objects.ts';
import { createServiceTracks } from '../../../../src/adapters/chaos/fronts/service-tracks.ts';
import type { KubernetesObject } from '../../../../src/adapters/kubernetes-api/dynamic/api-resource.ts';
import type {
  PlaybookCluster,
  PlaybookClusters,
} from '../../../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { NamedObject } from '../../../../src/adapters/playbooks/kubernetes/object-name.ts';
import { PartError } from '../../../../src/contracts/kernel/part-error.ts';
import { PlatformError } from '../../../../src/contracts/rollouts/platform.ts';
import { createControlApi } from '../../../../src/track-front/control-api.ts';
import { TrackFront } from '../../../../src/track-front/track-front.ts';

const name = {
  ...{ environment: 'demo', service: 'shop' },
  place: { namespace: 'shop', service: 'web' },
};
const fence = { rolloutId: 'run@1', step: 4 };
const order = {
  ...{ fence, share: 0.3, replicas: 1, boundsMs: [500] },
  ...{ keepMs: 120_000, longestMs: 600_000 },
};
const token = 'a-token-of-the-workers';

let front: TrackFront;
let control: Server;
let stable: Server;
let pods: V1Pod[];
let service: V1Service;
let dividing: V1Pod;
let listed: string[];

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const stablePod = (pod: string, image: string, labels: object = {}): V1Pod => ({
  metadata: {
    name: pod,
    labels: { app: 'web', 'pod-template-hash': '5d9c', 'belay.dev/chaos': 'allowed', ...labels },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9c', uid: '1', controller: true },
    ],
  },
  spec: { containers: [{ name: 'web', image }] },
  status: {
    ...{ phase: 'Running', podIP: '127.0.0.1' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

beforeEach(async () => {
  stable = createServer((_, response) => response.end('v1'));
  const port = await listen(stable);
  front = new TrackFront({ order, version: 'web:v1' });
  const log = pino({ level: 'silent' });
  control = createAdaptorServer({
    fetch: createControlApi({ front, name, token, log }).fetch,
  }) as Server;
  const controlPort = await listen(control);
  listed = [];
  pods = [stablePod('web-1', 'web:v1'), stablePod('web-2', 'web:v1')];
  service = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: port }] },
  };
  const planned = planFrontPod({
    ...{ name, order, readyPods: 2, image: 'belay:1', version: 'web:v1', port: { number: port } },
    ...{ selector: { app: 'web' }, requests: { cpu: 0, memory: 0 } },
    service: { name: 'web', uid: 'uid-of-web' },
    maker: { workflowId: 'chaos/demo/shop-slow', installation: 'here' },
  });
  const [settings] = planned.spec?.containers[0]?.env ?? [];
  const written = { ...(JSON.parse(settings?.value ?? '') as object), controlPort };
  Object.assign(settings ?? {}, { value: JSON.stringify(written) });
  dividing = {
    ...planned,
    metadata: { ...planned.metadata, uid: 'uid-of-front', creationTimestamp: new Date() },
    status: pods[0]!.status!,
  };
});

afterEach(async () => {
  await front.stop();
  for (const server of [control, stable]) {
    server.closeAllConnections();
    server.close();
  }
});

/** The namespace of one Service, its pods, and the one that divides its requests. */
const cluster = {
  get: async ({ resource, name: object }: NamedObject) => {
    const secret = planToken(name.place, { uid: 'uid-of-front', act: 'run@1/4' });
    const data = { token: Buffer.from(token).toString('base64') };
    const found = {
      Service: service,
      Pod: object === dividing.metadata?.name ? dividing : undefined,
      Secret: { ...secret, data },
    }[resource.kind];
    if (found !== undefined) return found as unknown as KubernetesObject;
    const cause = new PlatformError('not-found', 'not found');
    throw new PartError('refused', 'not found', { cause });
  },
  list: async (
    { kind }: NamedObject['resource'],
    _: string,
    { labelSelector = '' }: { labelSelector?: string } = {},
  ) => {
    listed.push(kind);
    const selected = labelSelector === 'belay.dev/track=front' ? [] : pods;
    const found = { Service: [service], Pod: [...selected, dividing] }[kind] ?? [];
    return found as unknown as KubernetesObject[];
  },
} as unknown as PlaybookCluster;

const open = () =>
  createServiceTracks({
    clusters: { of: async () => cluster } as unknown as PlaybookClusters,
    ...{ installation: 'here', image: 'belay:1' },
  });

describe('two tracks on Kubernetes that are kept', () => {
  it('are asked whenever they are sampled, and the API server once in a while', async () => {
    const tracks = open();
    const facts = await Promise.all([1, 2, 3, 4].map(() => tracks.keepTracks(name, fence)));
    expect(facts[3]).toMatchObject({ tracks: { isRouted: true, version: 'web:v1' } });
    expect(front.isReady()).toBe(true);
    expect(listed.filter((kind) => kind === 'Service')).toHaveLength(1);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'another release is deployed',
      () => pods.splice(1, 1, stablePod('web-3', 'web:v2')),
      /another release has been deployed: web:v2/,
    ],
    [
      'its pods do not allow experiments any more',
      () => pods.splice(1, 1, stablePod('web-2', 'web:v1', { 'belay.dev/chaos': 'no' })),
      /do not allow experiments any more/,
    ],
    [
      'its Service comes to keep clients to a pod',
      () => Object.assign(service.spec ?? {}, { sessionAffinity: 'ClientIP' }),
      /keeps a client to one pod/,
    ],
    [
      'so many pods of stable are gone that the experiment hits more of the service than was asked for',
      () => {
        const [settings] = dividing.spec?.containers[0]?.env ?? [];
        const written = JSON.parse(settings?.value ?? '') as object;
        Object.assign(settings ?? {}, { value: JSON.stringify({ ...written, readyPods: 4 }) });
      },
      /2 pods are ready, and 4 were when the tracks were opened: each track gets 1\.7 times the share/,
    ],
  ])('end, and say why, where %s', async (_, change, why) => {
    await open().keepTracks(name, fence);
    expect(front.isReady()).toBe(true);
    change();
    const facts = await open().keepTracks(name, fence);
    expect(facts).not.toHaveProperty('tracks');
    expect(facts?.ended).toMatch(why);
    expect(front.isReady()).toBe(false);
    expect(await front.ended).toBe(facts?.ended);
    // Whoever asks later, and after its pod has ended, hears the same.
    expect((await open().keepTracks(name, fence))?.ended).toBe(facts?.ended);
    pods.splice(0, 2, stablePod('web-1', 'web:v1'));
    Object.assign(service.spec ?? {}, { sessionAffinity: 'None' });
    const terminated = { exitCode: 0, message: 'as it has said' };
    const status = { name: 'belay-track-front', state: { terminated } };
    dividing.status = { phase: 'Succeeded', containerStatuses: [status as never] };
    expect((await open().keepTracks(name, fence))?.ended).toBe('as it has said');
  });

  it('are not known to have no fault where they cannot be asked', async () => {
    control.closeAllConnections();
    control.close();
    dividing.status!.conditions = [{ type: 'Ready', status: 'False' }];
    const facts = await open().keepTracks(name, fence);
    expect(facts?.tracks).toMatchObject({ isUnasked: true, isRouted: false });
  });

  it('are in nobody’s way where no node has taken their pod in all of its time', async () => {
    dividing.status = { phase: 'Pending' };
    const tracks = open();
    const mayI = async () => ({ allowed: true, reason: '' });
    Object.assign(cluster, { mayI });
    expect(await tracks.readFacts(name)).toHaveProperty('tracks');
    dividing.metadata!.creationTimestamp = new Date(Date.now() - 3_600_000);
    expect(await tracks.readFacts(name)).not.toHaveProperty('tracks');
  });
});
