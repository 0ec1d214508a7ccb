/** The backends of one rule, and the share of the canary's Service. Pure. */
import { isDeepStrictEqual } from 'node:util';

/** The Services between which a rule is divided, by name, in the route's own namespace. */
export interface ServicePair {
  service: string;
  canary: string;
}

/** How one kind of router writes a backend. */
export interface BackendDialect<B> {
  /** The Service of the route's own namespace that it leads to. */
  serviceOf(backend: B): string | undefined;
  /** The same backend (port, filters) with another Service. */
  toService(backend: B, service: string): B;
  /** Its weight among the others, or as the only one. */
  weightOf(backend: B, alone: boolean): number;
  withWeight(backend: B, weight: number): B;
  withoutWeight(backend: B): B;
}

/** A rule divided only between the pair, an unrelated rule, or one that no single weight describes. */
export type RuleShare =
  { kind: 'weight'; weight: number } | { kind: 'none' } | { kind: 'unclear'; why: string };

/** The canary's percentage; 0 for a rule that leads only to the Service. */
export function readShare<B>(
  backends: readonly B[],
  { service, canary }: ServicePair,
  dialect: BackendDialect<B>,
): RuleShare {
  const weights = new Map<string | undefined, number>();
  for (const backend of backends) {
    const name = dialect.serviceOf(backend);
    const known = name === service || name === canary ? name : undefined;
    if (known !== undefined && weights.has(known)) return unclear(`names ${known} twice`);
    const weight = dialect.weightOf(backend, backends.length === 1);
    weights.set(known, (weights.get(known) ?? 0) + weight);
  }
  if (!weights.has(service) && !weights.has(canary)) return { kind: 'none' };
  const others = weights.get(undefined) ?? 0;
  if (others > 0) return unclear('also divides its requests with other backends');
  return shareOf(weights.get(service) ?? 0, weights.get(canary) ?? 0, service);
}

function shareOf(stable: number, canary: number, service: string): RuleShare {
  if (stable + canary === 0) return unclear(`gives ${service} no weight`);
  return { kind: 'weight', weight: (100 * canary) / (stable + canary) };
}

function unclear(why: string): RuleShare {
  return { kind: 'unclear', why };
}

/** The rule with this percentage for the canary's Service; other backends are not changed. */
export function weave<B>(
  backends: readonly B[],
  { service, canary }: ServicePair,
  weight: number,
  dialect: BackendDialect<B>,
): B[] {
  const isOf = (name: string) => (backend: B) => dialect.serviceOf(backend) === name;
  const model = backends.find(isOf(service)) ?? backends.find(isOf(canary));
  if (model === undefined) return [...backends];
  const stableSide = dialect.withWeight(dialect.toService(model, service), 100 - weight);
  const canarySide = dialect.withWeight(dialect.toService(model, canary), weight);
  return replacePair(backends, { service, canary }, dialect, [stableSide, canarySide]);
}

/** The rule without the canary's Service; the Service's own backend as in the original. */
export function unweave<B>(
  backends: readonly B[],
  pair: ServicePair,
  originals: readonly B[],
  dialect: BackendDialect<B>,
): B[] {
  const woven = weave(backends, pair, 0, dialect);
  const stableSide = woven.find((backend) => dialect.serviceOf(backend) === pair.service);
  if (stableSide === undefined) return [...backends];
  const bare = dialect.withoutWeight(stableSide);
  const before = originals.find((backend) =>
    isDeepStrictEqual(dialect.withoutWeight(backend), bare),
  );
  return replacePair(backends, pair, dialect, [before ?? bare]);
}

function replacePair<B>(
  backends: readonly B[],
  { service, canary }: ServicePair,
  dialect: BackendDialect<B>,
  replacement: B[],
): B[] {
  const isOfPair = (backend: B) => [service, canary].includes(dialect.serviceOf(backend) ?? '');
  const at = backends.findIndex(isOfPair);
  const others = (part: readonly B[]) => part.filter((backend) => !isOfPair(backend));
  return [...others(backends.slice(0, at)), ...replacement, ...others(backends.slice(at))];
}
