/** The current state of a route with weights in its own rules. Pure. */
import type { Kind, ObjectByKind } from '../../kubernetes-api/cluster-api.ts';
import { writerOf } from '../objects/field-writer.ts';
import { readShare, type RuleShare } from './backends.ts';
import type { RouteDialect, RouteRule } from './route-dialect.ts';
import { readMemory, type RouteMemory } from './route-memory.ts';
import type { RouteContext, RouteReading } from './router.ts';

type Context = Pick<RouteContext, 'namespace' | 'services' | 'canary'>;

/** A rule that leads to the Service or to the canary's. */
export interface SharedRule<B> extends RouteRule<B> {
  share: Exclude<RuleShare, { kind: 'none' }>;
  /** Also with weight 0. */
  leadsToCanary: boolean;
}

/** The state of a route: what to report, and what a write starts from. */
export interface RouteView<B> extends RouteReading {
  memory: RouteMemory<B> | undefined;
  rules: SharedRule<B>[];
}

export function readRoute<K extends Kind, B>(
  route: ObjectByKind[K],
  dialect: RouteDialect<K, B>,
  context: Context,
): RouteView<B> {
  const memory = readMemory<B>(route.metadata);
  const services = memory ? [memory.service] : leadsTo(route, dialect, context);
  const service = services.length === 1 ? services[0] : undefined;
  const rules = service === undefined ? [] : sharedRules(route, dialect, context, service);
  const weight = oneWeight(rules);
  const drift = memory ? driftOf(rules, memory, context.canary) : [];
  const who = writerOf(route.metadata, dialect.rulesField);
  return {
    memory,
    rules,
    ...(service !== undefined && { service }),
    ...(weight !== undefined && { weight }),
    leadsToCanary: isLedTo(route, dialect, context),
    refusals: [
      ...leadRefusals(services, route, dialect, context),
      ...shareRefusals(rules, memory, context.canary),
      ...dialect.refusals(route, rules),
    ],
    drift: drift.map((line) => (who === undefined ? line : `${line}; written by ${who}`)),
  };
}

function isLedTo<K extends Kind, B>(
  route: ObjectByKind[K],
  dialect: RouteDialect<K, B>,
  { namespace, canary }: Context,
): boolean {
  const { serviceOf, weightOf } = dialect.backends(namespace);
  return dialect
    .rules(route)
    .some(({ backends }) =>
      backends.some(
        (backend) => serviceOf(backend) === canary && weightOf(backend, backends.length === 1) > 0,
      ),
    );
}

function leadsTo<K extends Kind, B>(
  route: ObjectByKind[K],
  dialect: RouteDialect<K, B>,
  { namespace, services }: Context,
): string[] {
  const { serviceOf } = dialect.backends(namespace);
  const backends = dialect.rules(route).flatMap((rule) => rule.backends);
  return services.filter((service) => backends.some((backend) => serviceOf(backend) === service));
}

function sharedRules<K extends Kind, B>(
  route: ObjectByKind[K],
  dialect: RouteDialect<K, B>,
  { namespace, canary }: Context,
  service: string,
): SharedRule<B>[] {
  const backends = dialect.backends(namespace);
  return dialect.rules(route).flatMap((rule) => {
    const share = readShare(rule.backends, { service, canary }, backends);
    if (share.kind === 'none') return [];
    const leadsToCanary = rule.backends.some((each) => backends.serviceOf(each) === canary);
    return [{ ...rule, share, leadsToCanary }];
  });
}

function oneWeight(rules: SharedRule<unknown>[]): number | undefined {
  const weights = new Set(
    rules.map(({ share }) => (share.kind === 'weight' ? share.weight : undefined)),
  );
  return weights.size === 1 ? [...weights][0] : undefined;
}

function leadRefusals<K extends Kind, B>(
  found: string[],
  route: ObjectByKind[K],
  dialect: RouteDialect<K, B>,
  { services, namespace }: Context,
): string[] {
  if (found.length === 1) return [];
  if (found.length > 1) {
    return [`leads to ${found.join(' and ')}, which have the same pods; give each its own route`];
  }
  const instead = new Set(
    dialect.rules(route).flatMap((rule) => rule.backends.map(dialect.describe)),
  );
  const where = instead.size === 0 ? 'nowhere' : `to ${[...instead].join(', ')}`;
  const wanted = services.join(' or ') || 'a Service of the Deployment';
  return [`leads ${where}; it must lead to ${wanted} of namespace ${namespace}`];
}

function shareRefusals(
  rules: SharedRule<unknown>[],
  memory: RouteMemory<unknown> | undefined,
  canary: string,
): string[] {
  return rules.flatMap(({ share, label, leadsToCanary }) => {
    if (share.kind === 'unclear') return [`${share.why} in ${label}; leave the weights to Belay`];
    if (memory || !leadsToCanary) return [];
    return [`already leads to ${canary} in ${label}, which Belay did not write; remove that`];
  });
}

function driftOf(
  rules: SharedRule<unknown>[],
  { weight, service, before }: RouteMemory<unknown>,
  canary: string,
): string[] {
  const lost = Object.keys(before).length - rules.length;
  const changed = rules.flatMap(({ share, label }) => {
    if (share.kind === 'unclear') return [`${share.why} in ${label}`];
    if (share.weight === weight) return [];
    return [`gives ${canary} ${share.weight} % in ${label}, not the ${weight} % that Belay wrote`];
  });
  return lost > 0 ? [...changed, `no longer leads to ${service} in ${lost} of its rules`] : changed;
}
