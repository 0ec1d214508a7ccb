import type { DatabaseDetails } from '../../../contracts/recovery/database-details.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { describeLoss } from './predict-loss.ts';

/** How a promotion ended: what was given up afterwards is missing, whatever else went well. */
export function concludePromotion(
  success: 'FailedOver' | 'SwitchedOver',
  { from = '', to = '', loss, times = {} }: DatabaseDetails,
  missing: readonly string[],
): { outcome: string; reason: string } {
  const { downSinceMs, routedAtMs, writesBackAtMs } = times;
  const backAtMs = routedAtMs ?? writesBackAtMs;
  const outage =
    downSinceMs === undefined || backAtMs === undefined
      ? ''
      : `; writes were away for ${formatDuration(backAtMs - downSinceMs)}`;
  const lost = loss === undefined ? '' : `; ${describeLoss(loss)} was lost`;
  const did = `${to} took over from ${from}${outage}${lost}`;
  if (missing.length === 0) return { outcome: success, reason: did };
  return { outcome: 'Incomplete', reason: `${did}. Not done: ${missing.join('; ')}` };
}
