import { createHash } from 'node:crypto';
import type { RestoreInto } from '../../../contracts/backups/store.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import { mapNamespaces, type NamespaceMap } from './map-namespaces.ts';
import { neutralise } from './neutralise.ts';
import { inOrder } from './order.ts';

/** On everything that a drill makes, and only on that. */
export const copyLabel = 'belay.dev/copy';

/** The name of a copy, as a label may be written: another copy has another. */
export function labelOf(copy: string): string {
  if (/^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/.test(copy) && !hashed.test(copy)) return copy;
  const shown = copy
    .replaceAll(/[^\w.-]/g, '_')
    .slice(-46)
    .replace(/^[^A-Za-z0-9]+/, '');
  const hash = createHash('sha256').update(copy).digest('hex').slice(0, 16);
  return shown === '' ? hash : `${shown}.${hash}`;
}

const hashed = /(?:^|\.)[0-9a-f]{16}$/;

export interface RestorePlan {
  /** As they are applied, in that order; without namespaces. */
  objects: StoredObject[];
  /** Created where they are not there. */
  namespaces: StoredObject[];
  /** What a drill leaves out, such as `Ingress shop/web`. */
  leftOut: string[];
  refusals: string[];
}

interface Wanted {
  into: Extract<RestoreInto, { kind: 'place' | 'namespaces' }>;
  copy: string;
}

/** What a restore applies. A drill never touches the namespaces that its set was made of. */
export function planRestore(stored: readonly StoredObject[], { into, copy }: Wanted): RestorePlan {
  const map: NamespaceMap = into.kind === 'namespaces' ? into.map : {};
  const isDrill = into.kind === 'namespaces' && into.drill;
  const sources = stored.filter(isNamespace).map(({ object }) => object.metadata.name);
  const mapped = inOrder(stored.map((one) => mapNamespaces(one, map)));
  const namespaces = mapped.filter(isNamespace);
  const others = mapped.filter((one) => !isNamespace(one));
  const refusals = refuseMap(sources, map, isDrill);
  if (!isDrill) return { objects: others, namespaces, leftOut: [], refusals };
  const quiet = others.map((one) => ({ one, quiet: neutralise(one) }));
  return {
    objects: [
      ...namespaces.map(({ object }) => denyEgress(object.metadata.name)),
      ...quiet.flatMap((each) => each.quiet ?? []),
    ].map((one) => withLabel(one, copy)),
    namespaces: namespaces.map((one) => withLabel(one, copy)),
    leftOut: quiet
      .filter((each) => each.quiet === undefined)
      .map(
        ({ one: { resource, object } }) =>
          `${resource.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`,
      ),
    refusals,
  };
}

function isNamespace({ resource: { kind } }: StoredObject): boolean {
  return kind === 'Namespace';
}

function refuseMap(sources: readonly string[], map: NamespaceMap, isDrill: boolean): string[] {
  const unknown = Object.keys(map).filter((namespace) => !sources.includes(namespace));
  const targets = sources.map((namespace) => map[namespace] ?? namespace);
  const merged = targets.filter((target, index) => targets.indexOf(target) !== index);
  return [
    ...unknown.map((name) => `the set has no namespace ${name}; it has ${sources.join(', ')}`),
    ...merged.map((name) => `two namespaces of the set would be restored into ${name}`),
    ...(isDrill ? sources.filter((name) => targets.includes(name)) : []).map(
      (name) =>
        `a drill is not restored into ${name}, which its set was made of: map it to another namespace`,
    ),
  ];
}

function withLabel({ resource, object }: StoredObject, copy: string): StoredObject {
  const { metadata } = object;
  const labels = { ...metadata.labels, [copyLabel]: labelOf(copy) };
  return { resource, object: { ...object, metadata: { ...metadata, labels } } };
}

/** What a drill starts reaches its own namespace and names, as far as the cluster's network enforces it. */
export function denyEgress(namespace: string): StoredObject {
  const object: KubernetesObject = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'belay-drill', namespace },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ podSelector: {} }] },
        { ports: [53].flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ port, protocol }))) },
      ],
    },
  };
  return {
    resource: {
      ...{ group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' },
      ...{ kind: 'NetworkPolicy', isNamespaced: true, verbs: [] },
    },
    object,
  };
}
