import { hoursAround, refuseHours } from '../../../src/policies/chaos/allowed-hours.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { atOnce } from '../../kernel/change-control/acts.ts';

/** Why what takes so long may not begin now, by the allowed hours; undefined where it may. */
export async function refuseNow(
  { allowedHours }: ChaosExperimentSpec,
  lengthMs: number,
): Promise<string | undefined> {
  if (allowedHours === undefined) return undefined;
  const { zone, rules } = allowedHours;
  const nowMs = Date.now();
  const windows = await atOnce.expandCalendar(
    { zone, rules, periods: [] },
    hoursAround(nowMs, lengthMs),
  );
  return refuseHours(windows, { nowMs, lengthMs });
}
