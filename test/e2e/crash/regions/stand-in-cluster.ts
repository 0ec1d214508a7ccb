import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Patch {
  metadata?: { annotations?: Record<string, string>; resourceVersion?: string };
  spec?: { replicas?: number };
}

const path = '/apis/apps/v1/namespaces/shop/deployments/web';

/** The API server of a region with one Deployment, whose pods are ready as soon as it is written. */
export class StandInCluster {
  url = '';
  /** How often it was written, dry runs apart. */
  writes = 0;
  #replicas = 0;
  #version = 1;
  #annotations: Record<string, string> = {};
  readonly #server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://cluster');
    const reply = (code: number, body: object) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname !== path) return reply(200, { kind: 'List', items: [] });
    if (request.method === 'GET') return reply(200, this.#deployment());
    void json(request).then((body) => {
      const patch = body as Patch;
      const { resourceVersion } = patch.metadata ?? {};
      if (resourceVersion !== undefined && resourceVersion !== String(this.#version)) {
        return reply(409, { kind: 'Status', code: 409, reason: 'Conflict', message: 'changed' });
      }
      if (!url.searchParams.has('dryRun')) this.#write(patch);
      return reply(200, this.#deployment());
    });
    return undefined;
  });

  static async start(): Promise<StandInCluster> {
    const cluster = new StandInCluster();
    cluster.#server.listen(0, '127.0.0.1');
    await once(cluster.#server, 'listening');
    cluster.url = `http://127.0.0.1:${(cluster.#server.address() as AddressInfo).port}`;
    return cluster;
  }

  get replicas(): number {
    return this.#replicas;
  }

  /** As somebody else has left it. */
  set(replicas: number): void {
    this.#replicas = replicas;
    this.#version += 1;
    this.#annotations = {};
    this.writes = 0;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #write({ metadata, spec }: Patch): void {
    this.#annotations = { ...this.#annotations, ...metadata?.annotations };
    this.#replicas = spec?.replicas ?? this.#replicas;
    this.#version += 1;
    this.writes += 1;
  }

  #deployment(): object {
    const replicas = this.#replicas;
    const generation = this.#version;
    return {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
      metadata: {
        ...{ name: 'web', namespace: 'shop', uid: 'a-deployment', generation },
        ...{ annotations: this.#annotations, resourceVersion: String(generation) },
      },
      spec: { replicas, selector: { matchLabels: { app: 'web' } } },
      status: {
        ...{ observedGeneration: generation, replicas },
        ...{ updatedReplicas: replicas, readyReplicas: replicas },
      },
    };
  }
}
