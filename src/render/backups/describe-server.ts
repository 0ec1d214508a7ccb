import type { CopyState } from '../../contracts/backups/store.ts';

/** `promoted, timeline 2, last transaction of 2026-…Z, 0/3000028` */
export function describeServer({
  state,
  timeline,
  replayedUntilMs,
  replayedLsn,
}: CopyState): string {
  return [
    state,
    ...(timeline === undefined ? [] : [`timeline ${timeline}`]),
    ...(replayedUntilMs === undefined
      ? []
      : [`last transaction of ${new Date(replayedUntilMs).toISOString()}`]),
    ...(replayedLsn === undefined ? [] : [replayedLsn]),
  ].join(', ');
}
