/** What to write to a route with weights in its own rules. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { unweave, weave, type BackendDialect } from './backends.ts';
import type { RouteView, SharedRule } from './read-route.ts';
import { forgetMemory, writeMemory, type RouteMemory } from './route-memory.ts';

/** The route with this weight; the first write records its original state. */
export function weightSteps<B>(
  view: RouteView<B> & { service: string },
  { canary, weight, correcting }: { canary: string; weight: number; correcting: boolean },
  dialect: BackendDialect<B>,
): PatchStep[] {
  const pair = { service: view.service, canary };
  const rules = view.rules.flatMap((rule) => {
    const base = correcting ? withoutOthers(rule, view.memory, pair, dialect) : rule.backends;
    return replaceBackends(rule.path, rule.backends, weave(base, pair, weight, dialect));
  });
  const memory = remember(view, pair, weight, dialect);
  return isDeepStrictEqual(memory, view.memory) ? rules : [...rules, ...writeMemory(memory)];
}

/** The rule as it was before Belay's first write, if it is still the same rule. */
function withoutOthers<B>(
  { path, backends, share }: SharedRule<B>,
  memory: RouteMemory<B> | undefined,
  pair: { service: string; canary: string },
  dialect: BackendDialect<B>,
): readonly B[] {
  const before = memory?.before[path];
  if (share.kind === 'weight' || before === undefined) return backends;
  const bare = (of: readonly B[]) =>
    of.filter((each) => dialect.serviceOf(each) === pair.service).map(dialect.withoutWeight);
  return isDeepStrictEqual(bare(before), bare(backends)) ? before : backends;
}

/** The original route. Rules that others changed in the meantime are kept, without the canary. */
export function restoreSteps<B>(
  { rules, memory }: RouteView<B>,
  canary: string,
  dialect: BackendDialect<B>,
): PatchStep[] {
  if (memory === undefined) return [];
  const pair = { service: memory.service, canary };
  const remembered = Object.values(memory.before).flat();
  const steps = rules.flatMap(({ path, backends }) => {
    const originals = [...(memory.before[path] ?? []), ...remembered];
    return replaceBackends(path, backends, unweave(backends, pair, originals, dialect));
  });
  return [...steps, ...forgetMemory()];
}

function remember<B>(
  { rules, memory }: RouteView<B>,
  pair: { service: string; canary: string },
  weight: number,
  dialect: BackendDialect<B>,
): RouteMemory<B> {
  const now = rules.map(({ path, backends }): [string, readonly B[]] => [
    path,
    unweave(backends, pair, backends, dialect),
  ]);
  const before = { ...Object.fromEntries(now), ...memory?.before };
  return { service: pair.service, before, weight };
}

function replaceBackends<B>(path: string, from: readonly B[], to: readonly B[]): PatchStep[] {
  if (isDeepStrictEqual(from, to)) return [];
  return [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ];
}
