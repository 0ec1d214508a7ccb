import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Kind, ObjectByKind, ObjectRef, PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { readFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { isPassing } from '../objects/passing-reason.ts';
import { isGone } from './is-gone.ts';
import type { WeightOrder } from './order.ts';
import { readRoute, type RouteView } from './read-route.ts';
import type { RouteDialect } from './route-dialect.ts';
import { restoreSteps, weightSteps } from './route-steps.ts';
import type { RouteContext, Router, Verification } from './router.ts';

/** A router whose weights are in the rules of the user's own route. */
export function createRuleRouter<K extends Kind, B>(
  dialect: RouteDialect<K, B>,
  { name: routeName, settleMs }: { name: string; settleMs: number },
  context: RouteContext,
): Router {
  const { api, namespace, canary } = context;
  const ref: ObjectRef<K> = { kind: dialect.kind, namespace, name: routeName };
  const name = `${dialect.title} ${routeName}`;
  const backends = dialect.backends(namespace);
  const read = (route: ObjectByKind[K]) => readRoute(route, dialect, context);
  const titled = (lines: string[]) => lines.map((line) => `${name} ${line}`);

  const orderSteps = (route: ObjectByKind[K], order: WeightOrder): PatchStep[] | 'as-wanted' => {
    const view = read(route);
    refuse(titled(obstacles(view, order)));
    const { service, rules, memory } = view;
    const untouched = memory === undefined && !rules.some((rule) => rule.leadsToCanary);
    if (service === undefined || (order.weight === 0 && untouched)) return [];
    const steps = weightSteps({ ...view, service }, { canary, ...order }, backends);
    return steps.length === 0 && order.weight > 0 ? 'as-wanted' : steps;
  };

  const write = async (fence: Fence, order: WeightOrder): Promise<boolean> => {
    let changed = false;
    try {
      await patchFenced(api, ref, fence, (route) => {
        const steps = orderSteps(route, order);
        changed ||= steps !== 'as-wanted' && steps.length > 0;
        return steps;
      });
    } catch (error) {
      if (order.weight > 0 || !isGone(error)) throw error;
    }
    return changed;
  };

  return {
    name,
    settleMs,
    async read() {
      const route = await api.get(ref);
      if (route === undefined) {
        const refusal = `${name} does not exist in namespace ${namespace}; create it or correct its name`;
        return { refusals: [refusal], drift: [`${name} is gone`], leadsToCanary: false };
      }
      const { service, weight, leadsToCanary, refusals, drift } = read(route);
      return {
        leadsToCanary,
        refusals: titled(refusals),
        drift: titled(drift),
        ...(service !== undefined && { service }),
        ...(weight !== undefined && { weight }),
      };
    },
    prepare: () => Promise.resolve(),
    setWeight: (fence, weight) => write(fence, { weight, correcting: false }),
    async correct(fence, weight) {
      await write(fence, { weight, correcting: true });
    },
    async verify(weight): Promise<Verification> {
      const route = await api.get(ref);
      if (route === undefined) {
        return weight === 0 ? { kind: 'yes' } : { kind: 'not-yet', missing: 'is gone' };
      }
      const { weight: now, leadsToCanary } = read(route);
      const isAsWanted = weight === 0 ? !leadsToCanary : now === weight;
      if (isAsWanted) return dialect.verify(route, weight);
      return { kind: 'not-yet', missing: `gives ${canary} ${now ?? 'no one'} %, not ${weight} %` };
    },
    async restore(fence) {
      const left: string[] = [];
      const build = (route: ObjectByKind[K]): PatchStep[] | 'as-wanted' => {
        const view = read(route);
        left.splice(0, left.length, ...titled(changedByOthers(view)));
        if (readFence(route.metadata) === undefined) return 'as-wanted';
        return restoreSteps(view, canary, backends);
      };
      try {
        await patchFenced(api, ref, fence, build);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
      return left;
    },
  };
}

/** Why the order must not be written. Weight 0 is always written: it takes traffic off the canary. */
function obstacles<B>(view: RouteView<B>, { weight, correcting }: WeightOrder): string[] {
  if (weight === 0) return [];
  // A recent change does not prevent it: the weight is verified separately.
  if (view.memory === undefined) return view.refusals.filter((reason) => !isPassing(reason));
  if (view.rules.length === 0) return view.drift;
  return correcting ? [] : view.drift;
}

function changedByOthers<B>({ memory, rules }: RouteView<B>): string[] {
  if (memory === undefined) return [];
  return rules.flatMap(({ share, label }) =>
    share.kind === 'unclear' ? [`${share.why} in ${label}; that was left as it is`] : [],
  );
}

function refuse(reasons: string[]): void {
  if (reasons.length > 0) throw new PlatformError('conflict', reasons.join('; '));
}
