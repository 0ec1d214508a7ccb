const firstWaitMs = 500;
const longestWaitMs = 30_000;

/** How long a replica that failed this many times in a row waits before it is started again. */
export function backoffMs(failures: number): number {
  return Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
}
