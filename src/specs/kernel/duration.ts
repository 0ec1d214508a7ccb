const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A number and ms, s, m, h or d; `0` needs no unit. */
export const durationPattern = /^(?:0|(\d+(?:\.\d+)?)\s*(ms|s|m|h|d))$/;

/** Milliseconds, or undefined for text that is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text.trim());
  if (!match) return undefined;
  const [, amount = '0', unit = 'ms'] = match;
  return Math.round(Number(amount) * unitMs[unit as keyof typeof unitMs]);
}

/** For people: 90 seconds are `1m30s`, 1500 ms are `1.5s`; from a minute up, parts of a second are dropped. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms > 0 && ms < unitMs.s) return `${Math.round(ms)}ms`;
  if (ms < unitMs.m) return `${Math.floor(ms / 100) / 10}s`;
  let rest = ms;
  return (['d', 'h', 'm', 's'] as const)
    .map((unit) => {
      const amount = Math.floor(rest / unitMs[unit]);
      rest -= amount * unitMs[unit];
      return amount > 0 ? `${amount}${unit}` : '';
    })
    .join('');
}
