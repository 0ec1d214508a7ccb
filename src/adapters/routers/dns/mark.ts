/** What a name was led to last, in a record beside it: it is written with the name, in one update. */
import type { RouteGeneration } from '../../../contracts/recovery/routes.ts';

const form = /^belay: timeline (\d{1,10}) of (\d{1,20})$/;

/** Below the name, because beside a CNAME there may be nothing else. */
export function nameOfMark(name: string): string {
  return `_belay.${name}`;
}

export function writeMark({ timeline, systemIdentifier }: RouteGeneration): string {
  return `belay: timeline ${timeline} of ${systemIdentifier}`;
}

export function readMark(texts: readonly string[]): RouteGeneration | undefined {
  const [, timeline, systemIdentifier] = texts
    .map((text) => form.exec(text))
    .find((found) => found !== null) ?? [undefined, undefined, undefined];
  if (timeline === undefined || systemIdentifier === undefined) return undefined;
  return { timeline: Number(timeline), systemIdentifier };
}
