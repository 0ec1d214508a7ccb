const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 GB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  let unit = 'B';
  for (const larger of units) {
    if (amount < 999.5) break;
    amount /= 1000;
    unit = larger;
  }
  return `${unit === 'B' || amount >= 99.95 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
}
