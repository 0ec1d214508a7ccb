import type { Series } from '../../../contracts/hold.ts';
import type { Track } from '../../../contracts/traffic.ts';

export const noSeries: Series = { canary: [], stable: [] };

/** Enough to tell small shifts, little enough to ride on every heartbeat. */
const keptLooks = 200;

/** Adds a look. What is no finite number is no data; of more looks than can be kept the oldest go. */
export function addLook(series: Series, look: Record<Track, number | null | undefined>): Series {
  const add = (track: Track) => [...series[track], finite(look[track])].slice(-keptLooks);
  return { canary: add('canary'), stable: add('stable') };
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
