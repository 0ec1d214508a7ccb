import {
  minuteMs,
  qualities,
  type Minute,
  type Quality,
} from '../../../contracts/objectives/minute.ts';

/** The minute of its hour, good and bad requests; and the rest where it is not as usual. */
type Encoded =
  | [index: number, good: number, bad: number]
  | [
      ...[index: number, good: number, bad: number],
      ...[coverageMs: number, quality: number, version: number, why?: string],
    ];

/** Most minutes are measured whole, and never corrected: they take about ten characters. */
export function encodeMinutes(hourAtMs: number, minutes: readonly Minute[]): string {
  return JSON.stringify(
    minutes.map(({ atMs, good, bad, coverageMs, quality, version, why }): Encoded => {
      const index = (atMs - hourAtMs) / minuteMs;
      const isUsual = coverageMs === minuteMs && quality === 'counted' && version === 1;
      if (isUsual && why === undefined) return [index, good, bad];
      const rest = [coverageMs, qualities.indexOf(quality), version] as const;
      return why === undefined ? [index, good, bad, ...rest] : [index, good, bad, ...rest, why];
    }),
  );
}

export function decodeMinutes(hourAtMs: number, encoded: string): Minute[] {
  return (JSON.parse(encoded) as Encoded[]).map(
    ([index, good, bad, coverageMs = minuteMs, quality = 0, version = 1, why]) => ({
      ...{ atMs: hourAtMs + index * minuteMs, good, bad, coverageMs },
      ...{ quality: qualities[quality] ?? ('none' satisfies Quality), version },
      ...(why !== undefined && { why }),
    }),
  );
}
