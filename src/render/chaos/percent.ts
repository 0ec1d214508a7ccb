/** A share of a score: `67%`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
