/** What a Service was led to last, in an annotation of its slice: it is written with the address, in one write. */
import type { RouteGeneration } from '../../../contracts/recovery/routes.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';

export const markAnnotation = 'belay.dev/led-to';
const form = /^timeline (\d{1,10}) of (\d{1,20})$/;

export function writeMark({ timeline, systemIdentifier }: RouteGeneration): string {
  return `timeline ${timeline} of ${systemIdentifier}`;
}

export function readMark({ metadata }: KubernetesObject): RouteGeneration | undefined {
  const [, timeline, systemIdentifier] =
    form.exec(metadata.annotations?.[markAnnotation] ?? '') ?? [];
  if (timeline === undefined || systemIdentifier === undefined) return undefined;
  return { timeline: Number(timeline), systemIdentifier };
}
