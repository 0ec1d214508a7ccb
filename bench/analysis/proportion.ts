export interface Proportion {
  count: number;
  of: number;
}

export function shareOf({ count, of }: Proportion): number {
  return count / of;
}

/** Of the normal distribution: 95 % lie within this many standard deviations. */
const z = 1.96;

/** The 95 % confidence interval (Wilson 1927): 2.5 % lie above it, and 2.5 % below. */
export function confidenceInterval({ count, of }: Proportion): { low: number; high: number } {
  const share = count / of;
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  return { low: Math.max(0, (middle - spread) / scale), high: (middle + spread) / scale };
}

export interface Mean {
  mean: number;
  /** The half-width of its 95 % confidence interval. */
  margin: number;
}

export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, margin: z * Math.sqrt(squares / (values.length - 1) / values.length) };
}
