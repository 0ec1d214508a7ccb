import type {
  ReplicaState,
  ServiceState,
  TrackState,
  UpdateState,
} from '../../contracts/rollouts/platform.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import { trackName } from '../../render/rollouts/kind-words.ts';
import type { SpecKind } from '../../kinds/workflow-types.ts';
import type { Page, Paint } from './page.ts';
import { renderTable } from './table.ts';

export interface ReplicasView {
  /** Of the rollout that is open; none names the tracks as platforms do. */
  kind?: SpecKind | undefined;
  /** Rows of one track at most; those in trouble come first. */
  most?: number;
}

const mostRows = 50;

/** The replicas of both tracks as they are, and how far stable is with a release it takes on. */
export function renderTracks(
  { stable, canary, update }: ServiceState,
  { paint }: Page,
  { kind = 'canary', most = mostRows }: ReplicasView = {},
): string[] {
  const render = (track: Track, state: TrackState | undefined) =>
    state ? renderTrack(trackName(track, kind), state, { paint, most }) : [];
  return [
    ...render('stable', stable),
    ...(stable && update ? renderUpdate(update, stable.release.version, paint) : []),
    ...render('canary', canary),
  ];
}

/** `stable: 3 of 4 on v2`; undefined at rest. */
export function updateText(
  { kind, updated, wanted }: UpdateState,
  version: string,
): string | undefined {
  const progress = `stable: ${updated} of ${wanted} on ${version}`;
  switch (kind) {
    case 'none':
      return undefined;
    case 'replacing':
      return progress;
    case 'promoting':
      return `${progress}, taking it over`;
    case 'reverting':
      return `${progress}, which it gets back`;
  }
}

function renderUpdate(update: UpdateState, version: string, paint: Paint): string[] {
  const text = updateText(update, version);
  if (text === undefined) return [];
  const colour = update.complete ? paint.green : paint.yellow;
  return [`    ${colour(text)}`, ...indented(update.trouble ?? '', 6).map(paint.red)];
}

function renderTrack(
  name: string,
  { release, wanted, replicas, trouble }: TrackState,
  { paint, most }: { paint: Paint; most: number },
): string[] {
  const ready = replicas.filter((replica) => replica.ready).length;
  const count = [`${ready} of ${wanted} ready`, ...servingCount(replicas)].join(', ');
  const rows = [...replicas].sort((a, b) => Number(isInTrouble(b)) - Number(isInTrouble(a)));
  const left = rows.length - most;
  return [
    `    ${name} ${release.version}  ${ready < wanted ? paint.yellow(count) : count}`,
    ...indented(trouble ?? '', 6).map(paint.red),
    ...renderRows(rows.slice(0, most), paint),
    ...(left > 0 ? [paint.dim(`      … and ${left} more`)] : []),
  ];
}

function servingCount(replicas: readonly ReplicaState[]): string[] {
  if (replicas.every(({ serving }) => serving === undefined)) return [];
  return [`${replicas.filter(({ serving }) => serving).length} serving`];
}

/** Each replica's first line in a table, what more is known of it below. */
function renderRows(replicas: readonly ReplicaState[], paint: Paint): string[] {
  const rows = renderTable(
    replicas.map((replica) => cells(replica, paint)),
    { indent: 6 },
  );
  return replicas.flatMap(({ trouble = '' }, index) => [
    rows[index] ?? '',
    ...indented(trouble, 8).slice(1).map(paint.red),
  ]);
}

function cells({ name, ready, serving, restarts, trouble }: ReplicaState, paint: Paint): string[] {
  const [first = ''] = indented(trouble ?? '', 0);
  return [
    name,
    ready ? 'ready' : paint.yellow('not ready'),
    ...(serving === undefined ? [] : [serving ? 'serving' : paint.dim('not serving')]),
    restartsText(restarts),
    first === '' ? '' : paint.red(first),
  ];
}

function restartsText(restarts: number): string {
  if (restarts === 0) return '';
  return restarts === 1 ? 'restarted once' : `restarted ${restarts} times`;
}

function isInTrouble({ ready, trouble }: ReplicaState): boolean {
  return !ready || trouble !== undefined;
}

function indented(text: string, indent: number): string[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ' '.repeat(indent) + line);
}
