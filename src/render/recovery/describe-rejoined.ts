import type { Rejoined } from '../../contracts/recovery/database-node.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

const words = { start: 'a start was enough', rewind: 'rewound', copy: 'copied anew' };

/** How a node became a standby again, in one line. */
export function describeRejoined({ method, why, startedAtMs, endedAtMs }: Rejoined): string {
  const reason = why === undefined ? '' : `: ${why}`;
  return `${words[method]} in ${formatDuration(endedAtMs - startedAtMs)}${reason}`;
}
