import type { KubernetesObject } from '../../../../src/adapters/kubernetes-api/dynamic/api-resource.ts';
import type {
  PlaybookCluster,
  PlaybookClusters,
} from '../../../../src/adapters/playbooks/kubernetes/cluster.ts';
import { managedBy } from '../../../../src/adapters/routers/service/endpoint-slice.ts';
import { PartError } from '../../../../src/contracts/kernel/part-error.ts';

const never = () => Promise.reject(new Error('is not asked here'));

interface SliceOf {
  name?: string;
  manager?: string;
  host?: string;
  more?: object;
}

export function sliceOf({
  name = 'shop-belay',
  manager = 'belay.dev',
  host = '10.0.0.1',
  more = {},
}: SliceOf = {}): KubernetesObject {
  return {
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: { name, labels: { [managedBy]: manager }, resourceVersion: '1' },
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'postgresql', protocol: 'TCP', port: 5432 }],
    ...more,
  };
}

/** A Service and its slices, as an API server keeps them: a write of what is not the newest is a conflict. */
export class ServiceInMemory {
  service: KubernetesObject = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.9',
      ports: [{ name: 'postgresql', port: 5432 }],
    },
  };
  slices: KubernetesObject[] = [sliceOf()];
  /** What others do right before a write. */
  readonly meanwhile: (() => void)[] = [];
  /** Why no slice may be written. */
  forbidden: string | undefined;
  writes = 0;

  clusters(): PlaybookClusters {
    return { of: () => Promise.resolve(this.#cluster()), close: () => undefined };
  }

  write(name: string, patch: object): void {
    this.#replace(name, patch);
  }

  #cluster(): PlaybookCluster {
    return {
      ...{ remove: never, end: never, mayI: never, logs: never, ask: never, askWithin: never },
      get: () => Promise.resolve(this.service),
      list: () => Promise.resolve(structuredClone(this.slices)),
      merge: ({ name }, patch, dryRun) => {
        if (this.forbidden !== undefined) {
          return Promise.reject(new PartError('refused', this.forbidden));
        }
        if (dryRun) return Promise.resolve(this.#slice(name));
        this.meanwhile.shift()?.();
        const { metadata } = patch as { metadata: { resourceVersion: string } };
        const isNewest = metadata.resourceVersion === this.#slice(name).metadata['resourceVersion'];
        if (!isNewest) return Promise.resolve('conflict' as const);
        this.writes += 1;
        return Promise.resolve(this.#replace(name, patch));
      },
    };
  }

  #slice(wanted: string): KubernetesObject {
    const found = this.slices.find(({ metadata: { name } }) => name === wanted);
    if (found === undefined) throw new PartError('refused', `there is no EndpointSlice ${wanted}`);
    return found;
  }

  #replace(name: string, patch: object): KubernetesObject {
    const present = this.#slice(name);
    const { metadata = {}, ...rest } = patch as { metadata?: { annotations?: object } };
    const resourceVersion = String(Number(present.metadata['resourceVersion']) + 1);
    const annotations = { ...present.metadata.annotations, ...metadata.annotations };
    Object.assign(present, rest);
    Object.assign(present.metadata, { resourceVersion, annotations });
    return present;
  }
}
