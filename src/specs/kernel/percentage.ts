/** A number and its sign. */
const percentagePattern = /^(\d+(?:\.\d+)?)\s*%$/;

/** The fraction (`1%` is 0.01), or undefined for text that is no percentage from 0 to 100. */
export function parsePercentage(text: string): number | undefined {
  const percent = Number(percentagePattern.exec(text.trim())?.[1] ?? NaN);
  return percent <= 100 ? Number((percent / 100).toPrecision(12)) : undefined;
}
