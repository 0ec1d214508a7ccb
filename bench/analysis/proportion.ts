export interface Proportion {
  count: number;
  of: number;
}

export function shareOf({ count, of }: Proportion): number {
  return count / of;
}

/** Upper end of the one-sided 95 % confidence interval (Wilson 1927). */
export function upperLimit({ count, of }: Proportion): number {
  const z = 1.6449;
  const share = count / of;
  const middle = share + z ** 2 / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return (middle + spread) / (1 + z ** 2 / of);
}
