/** The current state of an Ingress and of the canary's. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Ingress } from '@kubernetes/client-node';
import { readFence } from '../objects/fence-record.ts';
import { writerOf, type FieldPath } from '../objects/field-writer.ts';
import {
  canaryRules,
  isCanary,
  otherCanaryAnnotations,
  placesOf,
  serviceOf,
  weightKeys,
  weightOf,
} from './canary-ingress.ts';
import { weightAnnotation } from './route-memory.ts';
import type { RouteContext, RouteReading } from './router.ts';

export interface Ingresses {
  /** The user's Ingress; absent if it is gone. */
  main: V1Ingress | undefined;
  canary: V1Ingress | undefined;
  /** All others of the namespace. */
  others: V1Ingress[];
}

type Context = Pick<RouteContext, 'services' | 'canary' | 'namespace'>;

export function readIngress({ main, canary, others }: Ingresses, context: Context): RouteReading {
  if (main === undefined) {
    const refusal = `does not exist in namespace ${context.namespace}; create it or correct its name`;
    const leadsToCanary = isLedTo(canary, context.canary);
    return { refusals: [refusal], drift: ['is gone'], leadsToCanary };
  }
  const services = leadsTo(main, context.services);
  const service = services.length === 1 ? services[0] : undefined;
  const weight = canary === undefined ? 0 : weightOf(canary);
  return {
    ...(service !== undefined && { service }),
    ...(weight !== undefined && { weight }),
    leadsToCanary: isLedTo(canary, context.canary),
    refusals: [
      ...leadRefusals(services, main, context),
      ...(isCanary(main) ? ['is a canary itself; name the Ingress that it is the canary of'] : []),
      ...others.flatMap((other) => rivalRefusals(main, other)),
      ...(canary && readFence(canary.metadata) === undefined
        ? [`would have the canary ${canary.metadata?.name}, which Belay did not create; remove it`]
        : []),
    ],
    drift: canary && service !== undefined ? driftOf(main, canary, service, context.canary) : [],
  };
}

/** Without a weight, it is like that of any other router. */
function isLedTo(ingress: V1Ingress | undefined, service: string): boolean {
  if (ingress === undefined || weightOf(ingress) === 0) return false;
  return leadsTo(ingress, [service]).length > 0;
}

function leadsTo({ spec }: V1Ingress, services: readonly string[]): string[] {
  const paths = (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  return services.filter((service) => paths.some((path) => serviceOf(path) === service));
}

function leadRefusals(
  found: string[],
  { spec }: V1Ingress,
  { services, namespace }: Context,
): string[] {
  const isDefault = services.includes(spec?.defaultBackend?.service?.name ?? '');
  if (found.length > 1) {
    return [`leads to ${found.join(' and ')}, which have the same pods; give each its own Ingress`];
  }
  if (found.length === 1) {
    return isDefault
      ? [
          'also leads to the Service by its default backend, to which weights do not apply; write a rule with a path instead',
        ]
      : [];
  }
  if (isDefault) {
    return ['leads to the Service by its default backend only; write a rule with a path'];
  }
  const wanted = services.join(' or ') || 'a Service of the Deployment';
  return [`has no path that leads to ${wanted} of namespace ${namespace}`];
}

/** ingress-nginx supports one canary for each host and path. */
function rivalRefusals(main: V1Ingress, other: V1Ingress): string[] {
  if (!isCanary(other)) return [];
  const places = placesOf(main);
  const shared = placesOf(other).filter((place) => places.includes(place));
  if (shared.length === 0) return [];
  return [`has another canary for ${shared.join(', ')}: ${other.metadata?.name}; remove that`];
}

function driftOf(main: V1Ingress, canary: V1Ingress, service: string, to: string): string[] {
  const { annotations = {}, name } = canary.metadata ?? {};
  const written = annotations[weightAnnotation];
  const weight = weightOf(canary);
  const byOthers = otherCanaryAnnotations(canary);
  const sameRules = isDeepStrictEqual(canary.spec?.rules, canaryRules(main, service, to));
  const by = (...fields: FieldPath[]) => {
    const [who] = fields.flatMap((field) => writerOf(canary.metadata, field) ?? []);
    return who === undefined ? '' : `; written by ${who}`;
  };
  const annotation = (key: string) => ['metadata', 'annotations', key];
  return [
    ...(String(weight) === written
      ? []
      : [
          `gives ${name} ${weight ?? 'no'} %, not the ${written ?? 0} % that Belay wrote` +
            by(...weightKeys.map(annotation)),
        ]),
    ...byOthers.map((key) => `divides by ${key} too, on ${name}${by(annotation(key))}`),
    ...(sameRules ? [] : [`and ${name} have different paths${by(['spec', 'rules'])}`]),
  ];
}
