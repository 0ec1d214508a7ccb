/** What to write to the canary's Ingress. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Ingress } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { readFence } from '../objects/fence-record.ts';
import { metadataPath } from '../objects/names.ts';
import {
  canaryRules,
  otherCanaryAnnotations,
  weightAnnotations,
  weightOf,
} from './canary-ingress.ts';
import type { WeightOrder } from './order.ts';
import type { Ingresses } from './read-ingress.ts';
import type { RouteReading } from './router.ts';

/** An Ingress that is not Belay's is never written; weight 0 is written to Belay's own despite changes by others. */
export function orderSteps(
  { main, canary }: Pick<Ingresses, 'main'> & { canary: V1Ingress },
  { drift, service }: RouteReading,
  { weight, correcting }: WeightOrder,
  canaryService: string,
): PatchStep[] | 'as-wanted' {
  const foreign = readFence(canary.metadata) === undefined;
  if (weight === 0 && foreign) return 'as-wanted';
  if (foreign) throw new PlatformError('conflict', `${canary.metadata?.name} is not Belay's`);
  if (weight > 0 && drift.length > 0 && !correcting) {
    throw new PlatformError('conflict', drift.join('; '));
  }
  if (weightOf(canary) === weight && drift.length === 0) return weight > 0 ? 'as-wanted' : [];
  const repairs =
    correcting && main && service !== undefined
      ? repairSteps(canary, canaryRules(main, service, canaryService))
      : [];
  return [...annotationSteps(canary, weightAnnotations(weight)), ...repairs];
}

function annotationSteps(canary: V1Ingress, wanted: Record<string, string>): PatchStep[] {
  const now = canary.metadata?.annotations ?? {};
  return Object.entries(wanted).flatMap(([key, value]): PatchStep[] => {
    const path = metadataPath('annotations', key);
    const test: PatchStep = { op: 'test', path, value: now[key] ?? null };
    return now[key] === value ? [test] : [test, { op: 'add', path, value }];
  });
}

function repairSteps(canary: V1Ingress, rules: ReturnType<typeof canaryRules>): PatchStep[] {
  const strangers = otherCanaryAnnotations(canary).map((key): PatchStep => ({
    op: 'remove',
    path: metadataPath('annotations', key),
  }));
  if (isDeepStrictEqual(canary.spec?.rules, rules)) return strangers;
  return [...strangers, { op: 'add', path: '/spec/rules', value: rules }];
}
