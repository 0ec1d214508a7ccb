/** Whether the controller of an Ingress supports ingress-nginx's canary annotations. Pure. */
import type { V1Ingress, V1IngressClass } from '@kubernetes/client-node';

/** Used by ingress-nginx itself, and by Traefik's provider for its annotations. */
const knownControllers = ['k8s.io/ingress-nginx'];

/** The class of an Ingress from before IngressClass objects existed. */
export const legacyClass = 'kubernetes.io/ingress.class';
const defaultMark = 'ingressclass.kubernetes.io/is-default-class';

/**
 * Why weights must not be written for this Ingress. A controller without support for them treats the
 * canary's Ingress as a second one for the same paths, and may send everything there. `controller` is
 * one that the user declares as supported.
 */
export function classRefusals(
  ingress: V1Ingress,
  classes: readonly V1IngressClass[],
  controller?: string,
): string[] {
  const accepted = [...knownControllers, ...(controller === undefined ? [] : [controller])];
  const wanted = `a class of controller ${accepted.join(' or ')}`;
  const name = classNameOf(ingress);
  const found =
    name === undefined ? defaultsOf(classes) : classes.filter((one) => nameOf(one) === name);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    return [
      `${unclear(name, found)}; ${describe(classes)}; set spec.ingressClassName to ${wanted}`,
    ];
  }
  const its = only.spec?.controller;
  if (its !== undefined && accepted.includes(its)) return [];
  return [
    `is of class ${nameOf(only)}, whose controller ${its ?? '(none)'} is not known to read ingress-nginx's canary annotations: ` +
      `it might send all requests to the canary; use ${wanted}, ` +
      'or name it in router.nginx.controller if it does read them',
  ];
}

function classNameOf({ metadata, spec }: V1Ingress): string | undefined {
  return spec?.ingressClassName ?? metadata?.annotations?.[legacyClass];
}

function defaultsOf(classes: readonly V1IngressClass[]): V1IngressClass[] {
  return classes.filter(({ metadata }) => metadata?.annotations?.[defaultMark] === 'true');
}

function unclear(name: string | undefined, found: V1IngressClass[]): string {
  if (name !== undefined) return `is of class ${name}, which does not exist`;
  return found.length === 0
    ? 'has no class, and none is the default'
    : `has no class, and ${found.map(nameOf).join(' and ')} are both the default`;
}

function describe(classes: readonly V1IngressClass[]): string {
  if (classes.length === 0) return 'the cluster has no IngressClass';
  const each = classes.map((one) => `${nameOf(one)} (${one.spec?.controller ?? 'no controller'})`);
  return `there is ${each.join(', ')}`;
}

function nameOf({ metadata }: V1IngressClass): string {
  return metadata?.name ?? '';
}
