/** Belay's notes on a route: its original state, and the last write. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { annotations, metadataPath } from '../objects/names.ts';

/** On every route that Belay divides: the percentage that it wrote last. */
export const weightAnnotation = 'belay.dev/weight';

export interface RouteMemory<B> {
  /** The Service that the route led to. */
  service: string;
  /** The backends of every rule before Belay's first write, by the JSON pointer of the list. */
  before: Record<string, readonly B[]>;
  /** The percentage that Belay wrote last. */
  weight: number;
}

export function readMemory<B>(metadata: V1ObjectMeta | undefined): RouteMemory<B> | undefined {
  const before = metadata?.annotations?.[annotations.before];
  const weight = metadata?.annotations?.[weightAnnotation];
  if (before === undefined || weight === undefined) return undefined;
  try {
    const parsed = JSON.parse(before) as Omit<RouteMemory<B>, 'weight'>;
    return { ...parsed, weight: Number(weight) };
  } catch {
    return undefined;
  }
}

export function writeMemory<B>({ weight, ...memory }: RouteMemory<B>): PatchStep[] {
  return [
    {
      op: 'add',
      path: metadataPath('annotations', annotations.before),
      value: JSON.stringify(memory),
    },
    { op: 'add', path: metadataPath('annotations', weightAnnotation), value: String(weight) },
  ];
}

export function forgetMemory(): PatchStep[] {
  return [
    { op: 'remove', path: metadataPath('annotations', annotations.before) },
    { op: 'remove', path: metadataPath('annotations', weightAnnotation) },
  ];
}
