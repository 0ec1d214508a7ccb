/** Of `restic stats --json` for one snapshot; undefined where it did not count exactly that one. */
export function readStats(stdout: string): { bytes: number; nodes: number } | undefined {
  try {
    const { total_size, total_file_count, snapshots_count } = JSON.parse(stdout) as Record<
      string,
      unknown
    >;
    // Of an unknown snapshot, or one that is damaged, it counts nothing and exits with 0.
    if (snapshots_count !== 1) return undefined;
    if (typeof total_size !== 'number' || typeof total_file_count !== 'number') return undefined;
    return { bytes: total_size, nodes: total_file_count };
  } catch {
    return undefined;
  }
}
