const firstWaitMs = 500;
const longestWaitMs = 30_000;

/** The time before the restart of a replica that failed this many times in a row. */
export function backoffMs(failures: number): number {
  return Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
}
