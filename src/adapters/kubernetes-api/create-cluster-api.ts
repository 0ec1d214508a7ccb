import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import { currentAttempt } from '../attempts/current-attempt.ts';
import { unguarded } from '../breakers/unguarded.ts';
import { bypassBreaker } from '../breakers/bypass-breaker.ts';
import type { ClusterApi, Kind, ObjectByKind } from './cluster-api.ts';
import { createConnection } from './connection.ts';
import { informerDefaults, type InformerSettings } from './informer.ts';
import { createInformers } from './informers.ts';
import { apiVersion, isCustom, resources, scopeOf } from './kinds.ts';
import type { Access } from './kubeconfig.ts';
import { isNoSuchObject } from './refusal.ts';
import type { RequestRate } from './request-limiter.ts';
import { createRequestQueue } from './request-queue.ts';
import { createAsk, requestDefaults, type Ask, type RequestSettings } from './requests.ts';
import { readServerVersion } from './server-version.ts';
import { pollUntil } from './until.ts';
import { readObject } from './wire-form.ts';

export interface ClusterApiOptions {
  access: Access;
  /** Belay's version; the audit log shows it with every request. */
  version: string;
  rate: RequestRate;
  /** The namespaces that `listEverywhere` reads; absent: all. */
  namespaces?: readonly string[] | undefined;
  guard?: Guard | undefined;
  requests?: Partial<RequestSettings>;
  informers?: Partial<InformerSettings>;
}

export type OwnedClusterApi = ClusterApi & {
  /** Reads the version of the API server. Throws a PlatformError, or BreakerOpen. */
  readVersion(timeoutMs: number): Promise<string>;
  /** Closes its watches and connections. */
  close(): void;
};

export function createClusterApi(options: ClusterApiOptions): OwnedClusterApi {
  const { access, version, rate, namespaces = [undefined], guard = unguarded } = options;
  const connection = createConnection(access, `belay/${version}`);
  const ask = createAsk({
    connection,
    takeTurn: createRequestQueue(rate),
    server: access.server,
    settings: { ...requestDefaults, ...options.requests },
    guard,
  });
  const settings = { ...informerDefaults, ...options.informers };
  // Informers have their own pauses, and undos depend on their data.
  const askPastBreaker: Ask = (request) => bypassBreaker(() => ask(request));
  const informers = createInformers({ connection, ask: askPastBreaker, settings });
  const written = <K extends Kind>(kind: K, answer: unknown): ObjectByKind[K] => {
    const object = readObject(kind, answer);
    informers.wrote(kind, object);
    return object;
  };

  return {
    get: async ({ kind, namespace, name }) =>
      (await informers.read({ kind, namespace })).get(namespace, name),
    list: async (kind, namespace, labels) => {
      const store = await informers.read({ kind, namespace: scopeOf(kind, namespace) });
      return labels && Object.keys(labels).length > 0 ? store.withLabels(labels) : store.list();
    },
    controlledBy: async (kind, namespace, uid) =>
      (await informers.read({ kind, namespace })).controlledBy(uid),
    listEverywhere: async (kind, labels, only) => {
      const read = (namespace: string | undefined) => informers.read({ kind, namespace, labels });
      const stores = await Promise.all((only === undefined ? namespaces : [only]).map(read));
      return stores.flatMap((store) => store.list());
    },
    getLive: async (ref) => {
      try {
        return readObject(ref.kind, await ask({ verb: 'get', ...ref }));
      } catch (error) {
        if (isNoSuchObject(error)) return undefined;
        throw error;
      }
    },
    create: async (kind, namespace, body) => {
      const resource = resources[kind];
      const typed = { ...body, apiVersion: apiVersion(resource), kind: resource.singular };
      const query = writeOptions(kind);
      return written(kind, await ask({ verb: 'create', kind, namespace, query, body: typed }));
    },
    patch: async (ref, steps) =>
      written(
        ref.kind,
        await ask({ verb: 'patch', ...ref, query: writeOptions(ref.kind), body: steps }),
      ),
    tryCreate: async (kind, namespace, body) => {
      const resource = resources[kind];
      const typed = { ...body, apiVersion: apiVersion(resource), kind: resource.singular };
      const query = { ...writeOptions(kind), dryRun: 'All' };
      return readObject(kind, await ask({ verb: 'create', kind, namespace, query, body: typed }));
    },
    tryPatch: async (ref, steps) => {
      const query = { ...writeOptions(ref.kind), dryRun: 'All' };
      return readObject(ref.kind, await ask({ verb: 'patch', ...ref, query, body: steps }));
    },
    remove: async (ref, { uid, resourceVersion }) => {
      const preconditions = { uid, ...(resourceVersion !== undefined && { resourceVersion }) };
      const body = { propagationPolicy: 'Background', preconditions };
      try {
        const answer = await ask({ verb: 'delete', ...ref, body });
        if (staysForAWhile(answer)) written(ref.kind, answer);
        else informers.deleted(ref.kind, ref.namespace, uid);
      } catch (error) {
        if (!isNoSuchObject(error)) throw error;
        informers.deleted(ref.kind, ref.namespace, uid);
      }
    },
    until: async (wait, read) => {
      const subscribe = (listener: () => void) =>
        informers.onChange(wait.kinds, wait.namespace, listener);
      const signal = currentAttempt()?.signal;
      return await pollUntil({ ...(signal && { signal }), ...wait }, subscribe, async () => {
        const { namespace } = wait;
        await Promise.all(wait.kinds.map((kind) => informers.read({ kind, namespace })));
        return await read();
      });
    },
    readVersion: (timeoutMs) => readServerVersion(connection, guard, timeoutMs),
    close: () => {
      informers.close();
      connection.close();
    },
  };
}

/** `Strict` rejects a misspelt field, which the server would otherwise drop silently. */
function writeOptions(kind: Kind): Record<string, string> {
  return { fieldManager: 'belay', ...(!isCustom(kind) && { fieldValidation: 'Strict' }) };
}

/** Whether a deleted object stays for a while. The response is a Status, or the object itself. */
function staysForAWhile(answer: unknown): boolean {
  const { metadata } = answer as { metadata?: V1ObjectMeta };
  if (metadata?.deletionTimestamp === undefined) return false;
  const { finalizers = [], deletionGracePeriodSeconds = 0 } = metadata;
  return finalizers.length > 0 || deletionGracePeriodSeconds > 0;
}
