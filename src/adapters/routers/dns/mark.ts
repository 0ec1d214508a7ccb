/** What a name was led to last, in a record beside it: it is written with the name, in one update. */
import type { RouteGeneration } from '../../../contracts/recovery/routes.ts';

const form = /^belay: timeline (\d{1,10}) of (\d{1,20})(?:, kept before for (\d{1,10}) s)?$/;

/** What the mark of a name says. */
export interface Mark extends RouteGeneration {
  /** How long resolvers may keep what the name was before, from when it was changed. */
  keptBeforeS: number;
}

/** Below the name, because beside a CNAME there may be nothing else. */
export function nameOfMark(name: string): string {
  return `_belay.${name}`;
}

export function writeMark({ timeline, systemIdentifier, keptBeforeS }: Mark): string {
  return `belay: timeline ${timeline} of ${systemIdentifier}, kept before for ${keptBeforeS} s`;
}

export function readMark(texts: readonly string[]): Mark | undefined {
  const [, timeline, systemIdentifier, keptBeforeS = '0'] = texts
    .map((text) => form.exec(text))
    .find((found) => found !== null) ?? [undefined, undefined, undefined];
  if (timeline === undefined || systemIdentifier === undefined) return undefined;
  return { timeline: Number(timeline), systemIdentifier, keptBeforeS: Number(keptBeforeS) };
}
