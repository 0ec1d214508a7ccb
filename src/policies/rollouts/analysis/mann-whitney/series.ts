import type { TrackSeries } from '../../../../contracts/rollouts/hold.ts';
import type { Track } from '../../../../contracts/rollouts/traffic.ts';

export const noSeries: TrackSeries = { canary: [], stable: [] };

/** Enough to tell small shifts, little enough to be sent with every heartbeat. */
const mostKept = 200;
const fewestKept = 60;
const keptInAll = 2_500;

/** How many samples are kept of each of so many metrics. */
export function shareOfSamples(metrics: number): number {
  return Math.min(mostKept, Math.max(fewestKept, Math.floor(keptInAll / metrics)));
}

/** Adds a sample. What is no finite number is no data; of more than can be kept the oldest go. */
export function addSample(
  series: TrackSeries,
  sample: Record<Track, number | null | undefined>,
  most = mostKept,
): TrackSeries {
  const add = (track: Track) => [...series[track], finite(sample[track])].slice(-most);
  return { canary: add('canary'), stable: add('stable') };
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
