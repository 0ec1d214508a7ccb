import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { Guard, GuardOf } from '../../../contracts/kernel/breakers.ts';
import { currentAttempt } from '../../attempts/current-attempt.ts';
import { BreakerOpen } from '../../breakers/breaker-open.ts';
import { createConnection } from '../../kubernetes-api/connection.ts';
import {
  pathOfResource,
  titleOf,
  type ApiResource,
  type KubernetesObject,
} from '../../kubernetes-api/dynamic/api-resource.ts';
import {
  createDynamicAsk,
  type DynamicCall,
} from '../../kubernetes-api/dynamic/dynamic-requests.ts';
import { findAccess } from '../../kubernetes-api/kubeconfig.ts';
import type { NamedObject } from './object-name.ts';

type Query = Readonly<Record<string, string>>;

/** Objects of one cluster, as its API server has them now. Throws PartError; requests end with the attempt. */
export interface PlaybookCluster {
  get(object: NamedObject): Promise<KubernetesObject>;
  list(resource: ApiResource, namespace: string, query?: Query): Promise<KubernetesObject[]>;
  /** A JSON merge patch; 'conflict' where the object was written since it was read. */
  merge(
    object: NamedObject,
    patch: object,
    dryRun: boolean,
  ): Promise<KubernetesObject | 'conflict'>;
  /** The very object, by its uid; a success where it is gone. */
  remove(object: NamedObject, uid: string, dryRun: boolean): Promise<void>;
  /**
   * Deletes the object as it was read, with so many seconds to end, and asks for that once. 'conflict' where it
   * was written, or replaced, since it was read; 'gone' where it was not there any more.
   */
  end(
    object: NamedObject,
    seen: { uid: string; resourceVersion: string },
    graceSeconds: number,
  ): Promise<'ended' | 'conflict' | 'gone'>;
  /** Whether the API server would let this worker do that. */
  mayI(right: {
    verb: string;
    group: string;
    resource: string;
    subresource?: string;
    namespace: string;
  }): Promise<{ allowed: boolean; reason: string }>;
  logs(namespace: string, pod: string, query: Query): Promise<string>;
  /** Any other request. A PlatformError is the cause of its PartError. */
  ask(call: DynamicCall): Promise<unknown>;
  /** Of what may not answer at all, such as a pod behind the proxy: no breaker counts it. */
  askWithin(withinMs: number, call: DynamicCall): Promise<unknown>;
}

export interface ClusterSettings {
  kubeconfig?: string;
  contexts: readonly string[];
  namespaces?: readonly string[];
  version: string;
  guardOf: GuardOf;
}

const fieldManager = 'belay-playbook';
const mergePatch = 'application/merge-patch+json';

/** The clusters that playbooks may name, each connected to at its first use. */
export function openPlaybookClusters(settings: ClusterSettings) {
  const open = new Map<string, Promise<PlaybookCluster>>();
  const closing: (() => void)[] = [];
  return {
    async of(context: unknown, namespace?: unknown): Promise<PlaybookCluster> {
      const key = typeof context === 'string' ? context : '';
      const opening = open.get(key) ?? connect(context === undefined ? undefined : key);
      open.set(key, opening);
      opening.catch(() => open.delete(key));
      const cluster = await opening;
      requireNamespace(namespace, settings.namespaces);
      return cluster;
    },
    close: () => {
      for (const close of closing) close();
    },
  };

  async function connect(context: string | undefined): Promise<PlaybookCluster> {
    return inWords(async () => {
      const access = await findAccess(settings.kubeconfig, context);
      if (context !== undefined && !settings.contexts.includes(context)) {
        const { context: current } = await findAccess(settings.kubeconfig, undefined);
        if (current !== context) throw unknownContext(context, settings.contexts);
      }
      const connection = createConnection(access, `belay/${settings.version}`);
      closing.push(() => connection.close());
      const guard = settings.guardOf(`kubernetes/${access.context}`);
      const ask = createDynamicAsk(connection);
      return createCluster(
        (call) => guarded(guard, () => ask(call, signal())),
        (withinMs, call) => ask(call, AbortSignal.any([signal(), AbortSignal.timeout(withinMs)])),
      );
    });
  }
}

export type PlaybookClusters = ReturnType<typeof openPlaybookClusters>;

function signal(): AbortSignal {
  return currentAttempt()?.signal ?? new AbortController().signal;
}

function guarded(guard: Guard, call: () => Promise<unknown>): Promise<unknown> {
  return guard(call, (outcome) => {
    if ('value' in outcome) return 'ok';
    const { error } = outcome;
    const isAway = error instanceof PlatformError && error.code === 'unavailable';
    return isAway ? { failed: error.message } : 'ok';
  });
}

function createCluster(
  ask: (call: DynamicCall) => Promise<unknown>,
  askWithin: PlaybookCluster['askWithin'],
): PlaybookCluster {
  return {
    ask: (call) => inWords(() => ask(call)),
    askWithin: (withinMs, call) => inWords(() => askWithin(withinMs, call)),
    get: ({ resource, namespace, name }) =>
      inWords(async () => {
        const path = pathOfResource(resource, namespace, name);
        const what = `get ${titleOf(resource, namespace, name)}`;
        return (await ask({ method: 'GET', path, what })) as KubernetesObject;
      }),
    list: (resource, namespace, query = {}) =>
      inWords(async () => {
        const path = pathOfResource(resource, namespace);
        const what = `list ${resource.plural} in namespace ${namespace}`;
        const answer = await ask({ method: 'GET', path, query: { limit: '500', ...query }, what });
        return (answer as { items?: KubernetesObject[] }).items ?? [];
      }),
    merge: async ({ resource, namespace, name }, body, dryRun) => {
      const path = pathOfResource(resource, namespace, name);
      const query = { fieldManager, ...(dryRun && { dryRun: 'All' }) };
      const what = `patch ${titleOf(resource, namespace, name)}`;
      const call = { method: 'PATCH', path, query, body, contentType: mergePatch, what } as const;
      try {
        return await inWords(async () => (await ask(call)) as KubernetesObject);
      } catch (error) {
        const { cause } = error as Error;
        if (cause instanceof PlatformError && cause.code === 'conflict') return 'conflict';
        throw error;
      }
    },
    remove: async ({ resource, namespace, name }, uid, dryRun) => {
      const path = pathOfResource(resource, namespace, name);
      const body = { preconditions: { uid }, ...(dryRun && { dryRun: ['All'] }) };
      const what = `delete ${titleOf(resource, namespace, name)}`;
      try {
        await inWords(() => ask({ method: 'DELETE', path, body, what }));
      } catch (error) {
        const { cause } = error as Error;
        const isGone =
          cause instanceof PlatformError && ['not-found', 'conflict'].includes(cause.code);
        if (!isGone) throw error;
      }
    },
    end: async ({ resource, namespace, name }, preconditions, gracePeriodSeconds) => {
      const path = pathOfResource(resource, namespace, name);
      const body = { preconditions, gracePeriodSeconds };
      const what = `delete ${titleOf(resource, namespace, name)}`;
      try {
        await inWords(() => ask({ method: 'DELETE', path, body, what, isOnce: true }));
      } catch (error) {
        const { cause } = error as Error;
        const code = cause instanceof PlatformError ? cause.code : undefined;
        if (code === 'conflict') return 'conflict';
        if (code === 'not-found') return 'gone';
        throw error;
      }
      return 'ended';
    },
    mayI: (resourceAttributes) =>
      inWords(async () => {
        const body = {
          ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
          spec: { resourceAttributes },
        };
        const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
        const what = 'ask what this account may do';
        const answer = await ask({ method: 'POST', path, body, what });
        const { status = {} } = answer as { status?: { allowed?: boolean; reason?: string } };
        return { allowed: status.allowed === true, reason: status.reason ?? '' };
      }),
    logs: (namespace, pod, query) =>
      inWords(async () => {
        const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
        const what = `read the logs of ${namespace}/${pod}`;
        return (await ask({ method: 'GET', path, query, what, isText: true })) as string;
      }),
  };
}

/** What the cluster refused is final; what it could not answer may be tried again. */
async function inWords<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof BreakerOpen) {
      throw new PartError('unavailable', error.message, { cause: error });
    }
    if (!(error instanceof PlatformError)) throw error;
    const code = error.code === 'unavailable' ? 'unavailable' : 'refused';
    throw new PartError(code, error.message, { cause: error });
  }
}

function requireNamespace(namespace: unknown, allowed: readonly string[] | undefined): void {
  if (typeof namespace !== 'string' || allowed === undefined) return;
  if (allowed.includes(namespace)) return;
  throw new PartError(
    'refused',
    `these workers do not accept namespace "${namespace}"; BELAY_KUBERNETES_NAMESPACES has ${allowed.join(', ')}`,
  );
}

function unknownContext(context: string, allowed: readonly string[]): PartError {
  const has = allowed.length === 0 ? 'is not set' : `has ${allowed.join(', ')}`;
  return new PartError(
    'refused',
    `these workers do not accept context "${context}"; BELAY_KUBERNETES_CONTEXTS ${has}, and the current context needs no name`,
  );
}
