import type { Delivery, Distribution, Share } from '../../contracts/rollouts/delivery.ts';

/** Fewer than this say little. */
const few = 5;

const unitMs = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** The largest unit that it fills, with one decimal: `2.4 d`. */
function roughly(ms: number): string {
  const [size, unit] = unitMs.find(([size]) => ms >= size) ?? [1_000, 's'];
  return `${Number((ms / size).toFixed(1))} ${unit}`;
}

/** `1.2 h, 90 % within 2.4 d (9)`: the median, the 90th percentile, and of how many; of few the median alone. */
function distributionInWords({ n, medianMs, p90Ms }: Distribution, what = ''): string {
  if (medianMs === undefined || p90Ms === undefined) return '-';
  const most = n < few ? '' : `, 90 % within ${roughly(p90Ms)}`;
  return `${roughly(medianMs)}${most} (${n}${what})`;
}

/** Of commits; for how many deployments it is not known is said, too. */
export function leadTimeInWords({ unknown, ...times }: Delivery['leadTime']): string {
  return withUnknown(distributionInWords(times, times.n === 1 ? ' commit' : ' commits'), unknown);
}

export function recoveryInWords({ unknown, ...times }: Delivery['recoveryTime']): string {
  return withUnknown(distributionInWords(times), unknown);
}

function withUnknown(known: string, unknown: number): string {
  if (unknown === 0) return known;
  return known === '-' ? 'unknown' : `${known}, unknown for ${unknown}`;
}

/** `12.5 % (1 of 8)`; of few, without the percentage, which would say more than they do. */
export function shareInWords({ count, of, share }: Share): string {
  if (share === undefined) return '-';
  const counted = `${count} of ${of}`;
  return of < few ? counted : `${Number((100 * share).toFixed(1))} % (${counted})`;
}
