import type { ReplicaState, ServiceState, TrackState } from '../../contracts/platform.ts';
import type { Page } from './page.ts';

/** How many replicas of each track are ready, and what troubles the others. */
export function renderTracks(
  { stable, canary }: Pick<ServiceState, 'stable' | 'canary'>,
  page: Page,
): string[] {
  return [...renderTrack('stable', stable, page), ...renderTrack('canary', canary, page)];
}

function renderTrack(name: string, track: TrackState | undefined, { paint }: Page): string[] {
  if (!track) return [];
  const { release, wanted, replicas } = track;
  const ready = replicas.filter((replica) => replica.ready).length;
  const count = `${ready} of ${wanted} ready`;
  return [
    `    ${name} ${release.version}  ${ready < wanted ? paint.yellow(count) : count}`,
    ...replicas.flatMap((replica) => troubleLines(replica).map((line) => paint.red(line))),
  ];
}

function troubleLines({ name, ready, restarts, trouble }: ReplicaState): string[] {
  if (ready && trouble === undefined) return [];
  const [first = 'not ready yet', ...more] = (trouble ?? '').split('\n').filter(Boolean);
  const again =
    restarts === 0 ? '' : ` (restarted ${restarts === 1 ? 'once' : `${restarts} times`})`;
  return [`      ${name}${again}: ${first}`, ...more.map((line) => `        ${line}`)];
}
