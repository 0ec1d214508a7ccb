import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { createConnection } from '../connection.ts';
import type { Access } from '../kubeconfig.ts';
import { labelSelector } from '../selection.ts';
import {
  pathOfResource,
  titleOf,
  type ApiResource,
  type KubernetesObject,
} from './api-resource.ts';
import { discover } from './discover.ts';
import { createDynamicAsk } from './dynamic-requests.ts';

export interface ApplyOptions {
  fieldManager: string;
  /** What it would answer or refuse; nothing is written. */
  dryRun: boolean;
}

/** Objects of any kind, as the API server has them now. Every method may throw a PlatformError. */
export interface DynamicApi {
  discover(): ReturnType<typeof discover>;
  /** All with these labels in the namespace, page by page at one resourceVersion. */
  list(
    resource: ApiResource,
    namespace: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<KubernetesObject[]>;
  get(
    resource: ApiResource,
    namespace: string | undefined,
    name: string,
  ): Promise<KubernetesObject | undefined>;
  /** Server-side apply. Takes over fields that others have set. */
  apply(
    resource: ApiResource,
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<KubernetesObject>;
  /** The very object; it is a success where it is gone. */
  remove(resource: ApiResource, object: KubernetesObject): Promise<void>;
  close(): void;
}

interface Page {
  metadata?: { continue?: string };
  items?: Omit<KubernetesObject, 'apiVersion' | 'kind'>[];
}

const pageSize = '500';
const applyPatch = 'application/apply-patch+yaml';

export function createDynamicApi(
  access: Access,
  { version, cancelled }: { version: string; cancelled: AbortSignal },
): DynamicApi {
  const connection = createConnection(access, `belay/${version}`);
  const ask = createDynamicAsk(connection);
  return {
    discover: () => discover(ask, cancelled),
    list: async (resource, namespace, labels) => {
      const objects: KubernetesObject[] = [];
      const path = pathOfResource(resource, namespace);
      const what = `list ${resource.plural} in namespace ${namespace}`;
      const selector = Object.keys(labels).length > 0 && { labelSelector: labelSelector(labels) };
      for (let next: string | undefined = ''; next !== undefined;) {
        const query = { limit: pageSize, ...selector, ...(next !== '' && { continue: next }) };
        const page = (await ask({ method: 'GET', path, query, what }, cancelled)) as Page;
        // The items of a list have no kind of their own.
        for (const item of page.items ?? []) objects.push(typed(resource, item));
        next = page.metadata?.continue === '' ? undefined : page.metadata?.continue;
      }
      return objects;
    },
    get: async (resource, namespace, name) => {
      const path = pathOfResource(resource, namespace, name);
      const what = `get ${titleOf(resource, namespace, name)}`;
      try {
        return (await ask({ method: 'GET', path, what }, cancelled)) as KubernetesObject;
      } catch (error) {
        if (error instanceof PlatformError && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    apply: async (resource, object, { fieldManager, dryRun }) => {
      const { name, namespace } = object.metadata;
      const path = pathOfResource(resource, namespace, name);
      const query = { fieldManager, force: 'true', ...(dryRun && { dryRun: 'All' }) };
      const what = `apply ${titleOf(resource, namespace, name)}`;
      const call = { method: 'PATCH', path, query, body: object, contentType: applyPatch } as const;
      return (await ask({ ...call, what }, cancelled)) as KubernetesObject;
    },
    remove: async (resource, { metadata: { name, namespace, uid } }) => {
      const path = pathOfResource(resource, namespace, name);
      const body = {
        propagationPolicy: 'Background',
        ...(uid !== undefined && { preconditions: { uid } }),
      };
      const what = `delete ${titleOf(resource, namespace, name)}`;
      try {
        await ask({ method: 'DELETE', path, body, what }, cancelled);
      } catch (error) {
        const isGone =
          error instanceof PlatformError && ['not-found', 'conflict'].includes(error.code);
        if (!isGone) throw error;
      }
    },
    close: () => connection.close(),
  };
}

function typed(
  { group, version, kind }: ApiResource,
  item: Omit<KubernetesObject, 'apiVersion' | 'kind'>,
): KubernetesObject {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { ...item, apiVersion, kind } as KubernetesObject;
}
