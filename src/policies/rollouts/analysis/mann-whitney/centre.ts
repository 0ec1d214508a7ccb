export function median(values: readonly number[]): number {
  return middleOf(Float64Array.from(values));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * By how much values of `sample` are higher than those of `reference`: the median of the differences
 * of all pairs (Hodges and Lehmann 1963; Lehmann 2006, 2.5). It never points the other way than U.
 */
export function shiftBetween(sample: readonly number[], reference: readonly number[]): number {
  const differences = new Float64Array(sample.length * reference.length);
  let at = 0;
  for (const value of sample) for (const other of reference) differences[at++] = value - other;
  return middleOf(differences);
}

function middleOf(values: Float64Array): number {
  const sorted = values.sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
