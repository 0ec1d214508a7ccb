import type { KnownBefore } from './known-before.ts';

/** Where clients can be led, or why not: a router checks both before it leads them there. */
export type LedTarget =
  { ok: true; systemIdentifier: string; timeline: number } | { ok: false; why: string };

export function judgeTarget(
  { name }: { name: string },
  { systemIdentifier, timeline: before }: KnownBefore,
  timeline: number | undefined,
): LedTarget {
  if (timeline === undefined) {
    return { ok: false, why: `nobody could say on which timeline ${name} takes writes` };
  }
  if (timeline <= before) {
    const why = `${name} takes writes on timeline ${timeline}, which is not later than ${before}`;
    return { ok: false, why };
  }
  if (systemIdentifier !== undefined) return { ok: true, systemIdentifier, timeline };
  return { ok: false, why: `nobody could say which database ${name} is` };
}
