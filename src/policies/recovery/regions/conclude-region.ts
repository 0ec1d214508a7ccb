import type { RegionDetails } from '../../../contracts/recovery/region-details.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

/** What was given up is missing, whatever else went well. */
export function concludeRegion(
  success: 'FailedOver' | 'FailedBack',
  { group, from, to, objectives }: RegionDetails,
  missing: readonly string[],
): { outcome: string; reason: string } {
  const measured = objectives.map(({ name, measuredMs, verdict }) =>
    measuredMs === undefined
      ? `${name} ${verdict}`
      : `${name} ${formatDuration(measuredMs)}, ${verdict}`,
  );
  const did = [`${group} moved from ${from} to ${to}`, ...measured].join('; ');
  if (missing.length === 0) return { outcome: success, reason: did };
  return { outcome: 'Incomplete', reason: `${did}. Not done: ${missing.join('; ')}` };
}
