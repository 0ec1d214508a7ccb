/** The second Ingress, with ingress-nginx's canary annotations, for the canary's share. Pure. */
import type { V1HTTPIngressPath, V1Ingress, V1IngressRule } from '@kubernetes/client-node';
import { copiedLabels } from '../objects/copied-metadata.ts';
import { legacyClass } from './ingress-class.ts';
import { weightAnnotation } from './route-memory.ts';

const prefix = 'nginx.ingress.kubernetes.io/';
const canaryMark = `${prefix}canary`;
const canaryWeight = `${prefix}canary-weight`;
const canaryWeightTotal = `${prefix}canary-weight-total`;
/** The annotations for a weight. */
export const weightKeys: readonly string[] = [canaryMark, canaryWeight, canaryWeightTotal];

export interface CanaryIngressParts {
  name: string;
  /** The Service that `main` leads to. */
  service: string;
  canary: string;
  /** Belay's own: owner labels, and the fence. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/**
 * The canary's Ingress with weight 0: every path that leads to the Service, with its settings. Its owner
 * is the user's Ingress, so that no tool takes it for one of its own that should not exist.
 */
export function createCanaryIngress(main: V1Ingress, parts: CanaryIngressParts): V1Ingress {
  const { ingressClassName, tls } = main.spec ?? {};
  const { name = '', uid } = main.metadata ?? {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: parts.name,
      labels: { ...copiedLabels(main.metadata), ...parts.labels },
      ...(uid !== undefined && {
        ownerReferences: [{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name, uid }],
      }),
      annotations: { ...inherited(main), ...weightAnnotations(0), ...parts.annotations },
    },
    spec: {
      ...(ingressClassName !== undefined && { ingressClassName }),
      ...(tls !== undefined && { tls }),
      rules: canaryRules(main, parts.service, parts.canary),
    },
  };
}

/** The rules of `main` that lead to the Service, leading to the canary's. */
export function canaryRules(main: V1Ingress, service: string, canary: string): V1IngressRule[] {
  return (main.spec?.rules ?? []).flatMap((rule) => {
    const paths = (rule.http?.paths ?? []).filter((path) => serviceOf(path) === service);
    return paths.length === 0
      ? []
      : [{ ...rule, http: { paths: paths.map((path) => toService(path, canary)) } }];
  });
}

/** The percentage of an Ingress; absent if it is not a canary by weight. */
export function weightOf({ metadata }: V1Ingress): number | undefined {
  const written = metadata?.annotations ?? {};
  const weight = Number(written[canaryWeight]);
  const total = Number(written[canaryWeightTotal] ?? 100);
  if (written[canaryMark] !== 'true' || !Number.isFinite(weight / total)) return undefined;
  return Math.min(100, (100 * weight) / total);
}

export function isCanary({ metadata }: V1Ingress): boolean {
  return metadata?.annotations?.[canaryMark] === 'true';
}

/** Canary annotations that take precedence over weights: by header, by cookie. */
export function otherCanaryAnnotations({ metadata }: V1Ingress): string[] {
  return Object.keys(metadata?.annotations ?? {}).filter(
    (key) => key.startsWith(canaryMark) && !weightKeys.includes(key),
  );
}

/** Host and path of every rule, each as one text. */
export function placesOf({ spec }: V1Ingress): string[] {
  return (spec?.rules ?? []).flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map(({ path = '/' }) => `${host}${path}`),
  );
}

export function serviceOf({ backend }: V1HTTPIngressPath): string | undefined {
  return backend.service?.name;
}

/** Written with every weight, so that the router reads a consistent state. */
export function weightAnnotations(weight: number): Record<string, string> {
  return {
    [canaryMark]: 'true',
    [canaryWeight]: String(weight),
    [canaryWeightTotal]: '100',
    [weightAnnotation]: String(weight),
  };
}

/** How the router treats requests; without anything that other programs act on, such as certificates. */
function inherited({ metadata }: V1Ingress): Record<string, string> {
  const entries = Object.entries(metadata?.annotations ?? {}).filter(
    ([key]) => key === legacyClass || (key.startsWith(prefix) && !key.startsWith(canaryMark)),
  );
  return Object.fromEntries(entries);
}

function toService(path: V1HTTPIngressPath, name: string): V1HTTPIngressPath {
  const { service, ...backend } = path.backend;
  return { ...path, backend: { ...backend, service: { ...service, name } } };
}
