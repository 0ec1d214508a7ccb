import type { V1Ingress } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { formatFence, readFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { removeFenced } from '../objects/fenced-removal.ts';
import { annotations, canaryNameOf } from '../objects/names.ts';
import { createCanaryIngress } from './canary-ingress.ts';
import { orderSteps } from './ingress-steps.ts';
import { classRefusals } from './ingress-class.ts';
import { isGone } from './is-gone.ts';
import type { WeightOrder } from './order.ts';
import { readIngress, type Ingresses } from './read-ingress.ts';
import type { RouteContext, RouteReading, Router, Verification } from './router.ts';

interface NginxSpec {
  ingress: string;
  settleMs: number;
  /** The controller of the Ingress's class, if Belay does not know its name. */
  controller?: string;
}

const unsupported: Verification = {
  kind: 'unsupported',
  reason: 'an Ingress does not report whether its router has applied a weight',
};

/** A router that supports ingress-nginx's canary annotations; the user's own Ingress is never written. */
export function createNginxRouter(
  { ingress, settleMs, controller }: NginxSpec,
  context: RouteContext,
): Router {
  const { api, namespace } = context;
  const name = `Ingress ${ingress}`;
  const second: ObjectRef<'ingresses'> = {
    kind: 'ingresses',
    namespace,
    name: canaryNameOf(ingress),
  };

  const fetchIngresses = async (): Promise<Ingresses> => {
    const all = await api.list('ingresses', namespace);
    const main = all.find(({ metadata }) => metadata?.name === ingress);
    const canary = all.find(({ metadata }) => metadata?.name === second.name);
    return { main, canary, others: all.filter((one) => one !== main && one !== canary) };
  };

  const read = (ingresses: Ingresses): RouteReading => {
    const titled = (lines: string[]) => lines.map((line) => `${name} ${line}`);
    const reading = readIngress(ingresses, context);
    return { ...reading, refusals: titled(reading.refusals), drift: titled(reading.drift) };
  };

  /** Only before the first write: an undo never depends on the class. */
  const readClass = async ({ main, canary }: Ingresses): Promise<string[]> => {
    if (main === undefined || readFence(canary?.metadata) !== undefined) return [];
    try {
      const classes = await api.list('ingressclasses', namespace);
      return classRefusals(main, classes, controller).map((line) => `${name} ${line}`);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'unauthorized') throw error;
      return [`${name} has a class that Belay may not read: ${error.message}`];
    }
  };

  const readWithClass = async (ingresses: Ingresses): Promise<RouteReading> => {
    const reading = read(ingresses);
    return { ...reading, refusals: [...reading.refusals, ...(await readClass(ingresses))] };
  };

  const write = async (fence: Fence, order: WeightOrder): Promise<boolean> => {
    const seen = await fetchIngresses();
    let changed = false;
    try {
      await patchFenced(api, second, fence, (canary) => {
        const now = read({ ...seen, canary });
        changed ||= now.weight !== order.weight;
        return orderSteps({ ...seen, canary }, now, order, context.canary);
      });
    } catch (error) {
      if (!isGone(error)) throw error;
      if (order.weight > 0)
        throw new PlatformError('conflict', `${name} no longer has ${second.name}`);
    }
    return changed;
  };

  const create = async (fence: Fence, main: V1Ingress, service: string): Promise<void> => {
    const body = createCanaryIngress(main, {
      name: second.name,
      service,
      canary: context.canary,
      labels: context.labels,
      annotations: { [annotations.fence]: formatFence(fence) },
    });
    try {
      await api.create('ingresses', namespace, body);
    } catch (error) {
      const there = await api.getLive(second);
      if (readFence(there?.metadata) === undefined) throw error;
      await patchFenced(api, second, fence, () => []);
    }
  };

  return {
    name,
    settleMs,
    read: async () => readWithClass(await fetchIngresses()),
    async prepare(fence) {
      const seen = await fetchIngresses();
      if (readFence(seen.canary?.metadata) !== undefined) {
        await patchFenced(api, second, fence, () => []);
        return;
      }
      const { refusals, service } = await readWithClass(seen);
      if (refusals.length > 0 || !seen.main || service === undefined) {
        throw new PlatformError('conflict', refusals.join('; '));
      }
      await create(fence, seen.main, service);
    },
    setWeight: (fence, weight) => write(fence, { weight, correcting: false }),
    async correct(fence, weight) {
      await write(fence, { weight, correcting: true });
    },
    async verify(weight) {
      const { weight: now, leadsToCanary } = read(await fetchIngresses());
      if (weight === 0 ? !leadsToCanary : now === weight) return unsupported;
      return { kind: 'not-yet', missing: `gives the canary ${now ?? 'no one'} %, not ${weight} %` };
    },
    async restore(fence) {
      await write(fence, { weight: 0, correcting: false });
      const { canary } = await fetchIngresses();
      if (canary === undefined) return [];
      if (readFence(canary.metadata) === undefined) {
        return [`${name} has a canary that is not Belay's; ${second.name} was left as it is`];
      }
      await removeFenced(api, second, fence);
      return [];
    },
  };
}
