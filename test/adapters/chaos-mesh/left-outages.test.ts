import { describe, expect, it } from 'vitest';
import { openOutagesInClusters } from '../../../src/adapters/chaos-mesh/left-outages.ts';
import { injectOutage } from '../../../src/adapters/chaos-mesh/outages.ts';
import type { KubernetesObject } from '../../../src/adapters/kubernetes-api/dynamic/api-resource.ts';
import type {
  PlaybookCluster,
  PlaybookClusters,
} from '../../../src/adapters/playbooks/kubernetes/cluster.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';

const workflowId = 'chaos/staging/web-pod-down';
const here = 'installation-1';
const owner = { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' };

const absent = (what: string) =>
  new PartError('refused', what, { cause: new PlatformError('not-found', what) });

const forbidden = (what: string) =>
  new PartError('refused', what, { cause: new PlatformError('unauthorized', what) });

/** A cluster with Chaos Mesh, whose controller chooses and takes back at once, as long as it lives. */
class MeshCluster {
  readonly objects = new Map<string, KubernetesObject>();
  isInstalled = true;
  mayList = true;
  /** Whether the credentials are still good. */
  isKnown = true;
  /** What it was asked about what is there. */
  readonly asked: string[] = [];
  isAlive = true;
  #step = 4;

  readonly clusters = {
    of: async () => this.#cluster,
    close: () => undefined,
  } satisfies PlaybookClusters;

  readonly #cluster = {
    get: async ({ resource: { kind }, name }) => {
      const found = kind === 'Pod' ? pod(name) : this.objects.get(name);
      if (found === undefined) throw absent(name);
      return found;
    },
    ask: async ({ method, path, body }) => {
      if (!this.isInstalled) throw absent(path);
      if (method === 'POST') return this.#create(body as KubernetesObject);
      this.asked.push(path);
      if (!this.mayList || !this.isKnown) throw forbidden(path);
      return { items: [...this.objects.values()] };
    },
    mayI: async ({ resource }) => {
      this.asked.push(`mayI ${resource}`);
      if (!this.isKnown) throw forbidden('who are you?');
      return { allowed: this.mayList, reason: '' };
    },
    merge: async ({ name }) => this.objects.get(name) ?? pod(name),
    remove: async ({ name }, uid) => {
      if (this.isAlive && this.objects.get(name)?.metadata.uid === uid) this.objects.delete(name);
    },
  } satisfies Partial<PlaybookCluster> as unknown as PlaybookCluster;

  /** As a run has it made, of this pod. */
  async inject(runRef: string, name: string, installation = here): Promise<void> {
    const names = { namespace: 'shop', labels: { app: 'web' }, name, uid: `uid-${name}` };
    this.#step += 1;
    await injectOutage(
      this.#cluster,
      {
        act: { runRef, step: this.#step },
        target: { what: 'web', pod: { ...names, owner, readyBefore: 2 }, containers: [] },
        ...{ atMostMs: 60_000, maker: { workflowId, installation } },
      },
      async () => {},
    );
  }

  #create(given: KubernetesObject & { spec?: { selector: { pods: { shop: string[] } } } }) {
    const { metadata, spec } = given;
    const records = spec?.selector.pods.shop.map((name) => ({ id: `shop/${name}` }));
    const made = { ...metadata, uid: `uid-of-${metadata.name}` };
    const status = { experiment: { containerRecords: records } };
    this.objects.set(metadata.name, { ...given, metadata: made, status });
    return given;
  }
}

function pod(name: string): KubernetesObject {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '1' };
  return { apiVersion: 'v1', kind: 'Pod', metadata };
}

describe('outages that runs have made', () => {
  it('are found by their runs, and taken back all at once', async () => {
    const mesh = new MeshCluster();
    const outages = openOutagesInClusters(mesh.clusters, here);
    await mesh.inject('run-1', 'web-1');
    await mesh.inject('run-1', 'web-2');
    await mesh.inject('run-2', 'web-3');
    const found = await outages.list('east');
    expect(found).toMatchObject([
      {
        owner: { workflowId, runRef: 'run-1' },
        ...{ subject: { environment: 'staging', name: 'web-pod-down' }, context: 'east' },
        objects: [
          { namespace: 'shop', owner },
          { namespace: 'shop', owner },
        ],
      },
      { owner: { runRef: 'run-2' }, objects: [{ namespace: 'shop' }] },
    ]);
    for (const left of found.slice(0, 1)) await outages.remove(left);
    expect(mesh.objects.size).toBe(1);
  });

  it('are left alone where another Belay, or a person, has made them', async () => {
    const mesh = new MeshCluster();
    await mesh.inject('run-1', 'web-1', 'installation-2');
    const metadata = { name: 'theirs', namespace: 'shop', uid: 'uid-theirs' };
    mesh.objects.set('theirs', { apiVersion: 'v1', kind: 'PodChaos', metadata });
    expect(await openOutagesInClusters(mesh.clusters, here).list(undefined)).toEqual([]);
  });

  it('are none where Chaos Mesh is not installed, or this worker may not look', async () => {
    const mesh = new MeshCluster();
    await mesh.inject('run-1', 'web-1');
    const outages = openOutagesInClusters(mesh.clusters, here);
    mesh.mayList = false;
    expect(await outages.list(undefined)).toEqual([]);
    mesh.isInstalled = false;
    expect(await outages.list(undefined)).toEqual([]);
  });

  it('are looked for with one question, which is asked again and again', async () => {
    const mesh = new MeshCluster();
    await openOutagesInClusters(mesh.clusters, here).list(undefined);
    expect(mesh.asked).toEqual([expect.stringMatching(/podchaos$/)]);
  });

  it('are not called none where the credentials of this worker have ended', async () => {
    const mesh = new MeshCluster();
    mesh.isKnown = false;
    await expect(openOutagesInClusters(mesh.clusters, here).list(undefined)).rejects.toThrow(
      'who are you?',
    );
  });

  it('are not called taken back while their controller is dead', async () => {
    const mesh = new MeshCluster();
    await mesh.inject('run-1', 'web-1');
    mesh.isAlive = false;
    const outages = openOutagesInClusters(mesh.clusters, here);
    const [left] = await outages.list(undefined);
    await expect(outages.remove(left!)).rejects.toThrow('has not taken PodChaos shop/belay-');
  });
});
