import { isDeepStrictEqual } from 'node:util';
import type { V1Ingress } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/fence.ts';
import { PlatformError } from '../../../contracts/platform.ts';
import type { ObjectRef, PatchStep } from '../api/cluster-api.ts';
import { formatFence } from '../objects/fence-record.ts';
import { patchFenced } from '../objects/fenced-patch.ts';
import { annotations, canaryNameOf, metadataPath } from '../objects/names.ts';
import {
  canaryRules,
  createCanaryIngress,
  otherCanaryAnnotations,
  weightOf,
  weightSteps,
} from './canary-ingress.ts';
import { isGone } from './is-gone.ts';
import { readIngress, type Ingresses } from './read-ingress.ts';
import type { RouteContext, RouteReading, Router, Verification } from './router.ts';

const unsupported: Verification = {
  kind: 'unsupported',
  reason: 'an Ingress does not say whether its router has taken a weight over',
};

/** A router that reads ingress-nginx's canary annotations; the user's own Ingress is never written. */
export function createNginxRouter(
  { ingress, settleMs }: { ingress: string; settleMs: number },
  context: RouteContext,
): Router {
  const { api, namespace } = context;
  const name = `Ingress ${ingress}`;
  const canaryRef: ObjectRef<'ingresses'> = {
    kind: 'ingresses',
    namespace,
    name: canaryNameOf(ingress),
  };
  const titled = (lines: string[]) => lines.map((line) => `${name} ${line}`);

  const look = async (): Promise<Ingresses | undefined> => {
    const all = await api.list('ingresses', namespace);
    const named = (wanted: string) => all.find(({ metadata }) => metadata?.name === wanted);
    const main = named(ingress);
    const canary = named(canaryRef.name);
    return main && { main, canary, others: all.filter((one) => one !== main && one !== canary) };
  };

  const required = async (): Promise<{ main: V1Ingress; reading: RouteReading }> => {
    const seen = await look();
    if (seen === undefined) throw new PlatformError('not-found', missing(name, namespace));
    return { main: seen.main, reading: readIngress(seen, context) };
  };

  const write = async (fence: Fence, weight: number, correcting: boolean): Promise<void> => {
    const seen = await look();
    try {
      await patchFenced(api, canaryRef, fence, (canary) =>
        orderSteps(canary, seen && { ...seen, canary }, weight, correcting),
      );
    } catch (error) {
      if (!isGone(error)) throw error;
      if (weight > 0) throw new PlatformError('conflict', `${name} has lost ${canaryRef.name}`);
    }
  };

  const orderSteps = (
    canary: V1Ingress,
    seen: Ingresses | undefined,
    weight: number,
    correcting: boolean,
  ): PatchStep[] | 'as-wanted' => {
    const reading = seen && readIngress(seen, context);
    const drift = reading ? titled(reading.drift) : [missing(name, namespace)];
    if (weight > 0 && !correcting && drift.length > 0) {
      throw new PlatformError('conflict', drift.join('; '));
    }
    const repairs =
      correcting && seen && reading?.service !== undefined
        ? repairSteps(canary, canaryRules(seen.main, reading.service, context.canary))
        : [];
    const asWanted = weightOf(canary) === weight && drift.length === 0;
    if (asWanted) return weight > 0 ? 'as-wanted' : [];
    return [...weightSteps(weight), ...repairs];
  };

  return {
    name,
    settleMs,
    async read() {
      const seen = await look();
      if (seen === undefined) {
        return { refusals: [missing(name, namespace)], drift: [`${name} is gone`] };
      }
      const reading = readIngress(seen, context);
      return { ...reading, refusals: titled(reading.refusals), drift: titled(reading.drift) };
    },
    async prepare(fence) {
      if ((await api.get(canaryRef)) !== undefined) {
        await patchFenced(api, canaryRef, fence, () => []);
        return;
      }
      const { main, reading } = await required();
      if (reading.refusals.length > 0 || reading.service === undefined) {
        throw new PlatformError('conflict', titled(reading.refusals).join('; '));
      }
      const body = createCanaryIngress(main, {
        name: canaryRef.name,
        service: reading.service,
        canary: context.canary,
        labels: context.labels,
        annotations: { [annotations.fence]: formatFence(fence) },
      });
      await api.create('ingresses', namespace, body);
    },
    setWeight: (fence, weight) => write(fence, weight, false),
    correct: (fence, weight) => write(fence, weight, true),
    async verify(weight) {
      const seen = await look();
      const now = seen && readIngress(seen, context).weight;
      if (now === weight) return unsupported;
      return { kind: 'not-yet', missing: `gives the canary ${now ?? 'no one'} %, not ${weight} %` };
    },
    async restore(fence) {
      await write(fence, 0, false);
      const uid = (await api.get(canaryRef))?.metadata?.uid;
      if (uid !== undefined) await api.remove(canaryRef, uid);
      return [];
    },
  };
}

function repairSteps(
  canary: V1Ingress,
  rules: NonNullable<NonNullable<V1Ingress['spec']>['rules']>,
): PatchStep[] {
  const strangers = otherCanaryAnnotations(canary).map((key): PatchStep => ({
    op: 'remove',
    path: metadataPath('annotations', key),
  }));
  return isDeepStrictEqual(canary.spec?.rules, rules)
    ? strangers
    : [...strangers, { op: 'replace', path: '/spec/rules', value: rules }];
}

function missing(name: string, namespace: string): string {
  return `${name} does not exist in namespace ${namespace}; create it or correct its name`;
}
