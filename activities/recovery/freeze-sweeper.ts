import type { LeftFreeze } from '../../src/adapters/temporal/left-freezes.ts';
import type { Sweeper } from '../../src/contracts/kernel/leftovers.ts';
import type { IncidentFreezes } from './incident.ts';

/** Thaws what runs have frozen whose workflow was terminated. */
export function createFreezeSweeper(
  list: () => Promise<LeftFreeze[]>,
  { thawForIncident }: Pick<IncidentFreezes, 'thawForIncident'>,
): Sweeper<LeftFreeze> {
  return {
    name: 'freezes',
    places: { 'change control': list },
    clear: ({ environment, owner, by }) =>
      thawForIncident({ environment, runRef: owner.runRef, ...(by !== undefined && { by }) }),
  };
}
