import type { ServiceState } from '../../contracts/rollouts/platform.ts';
import type { RolloutStatus, StageStatus } from '../../contracts/rollouts/status.ts';
import { trackName } from '../../render/rollouts/kind-words.ts';
import { formatMeasured, metricNamed } from '../../render/rollouts/measured.ts';
import { describeTraffic } from '../../render/rollouts/stage-words.ts';
import type { ServiceView } from '../rollouts/view-service.ts';
import { formatMoment, type Page } from './page.ts';
import { updateText } from './replicas.ts';

export interface Watched {
  status: RolloutStatus;
  service?: ServiceView;
}

/** One line for what is new since the last one; nothing where nothing is. For logs and pipes. */
export function renderWatchLine(
  watched: Watched,
  last: Watched | undefined,
  page: Page,
): string | undefined {
  const { status } = watched;
  const facts = watchedFacts(watched);
  if (last && facts === watchedFacts(last)) return undefined;
  return `${formatMoment(page.nowMs, page)}  ${status.environment}/${status.service}  ${facts}`;
}

function watchedFacts({ status, service }: Watched): string {
  const active = status.stages.find(({ state }) => state === 'active');
  return [
    trafficFact(status),
    status.phase,
    status.now,
    ...(active ? measuredFacts(active, status.metrics) : []),
    ...(service?.state ? serviceFacts(service.state, status) : []),
    ...(service?.problem === undefined ? [] : [service.problem]),
  ].join('  ');
}

function trafficFact(status: RolloutStatus): string {
  const { kind, version, weight } = status;
  return kind === 'canary' || kind === 'rollback'
    ? `${version} ${weight} %`
    : describeTraffic(status);
}

function measuredFacts(stage: StageStatus, metrics: RolloutStatus['metrics']): string[] {
  const newest = new Map(stage.measurements.map((each) => [each.metric, each]));
  return [...newest.values()].map(({ metric, value, stable, result }) => {
    const known = metricNamed(metric, metrics);
    const text = value === undefined ? 'no data' : formatMeasured(known, value);
    const remarks = [
      ...(stable === undefined ? [] : [`stable ${formatMeasured(known, stable)}`]),
      ...(result === 'pass' ? [] : [result]),
    ];
    return `${metric} ${text}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`;
  });
}

/** How far stable is with a release it takes on, the first trouble of each track, and drift. */
function serviceFacts(
  { stable, canary, update, drift = [] }: ServiceState,
  { kind }: RolloutStatus,
): string[] {
  const progress = stable && update && updateText(update, stable.release.version);
  return [
    ...(progress === undefined ? [] : [progress]),
    ...(['stable', 'canary'] as const).flatMap((track) => {
      const trouble = firstTrouble(track === 'stable' ? stable : canary);
      return trouble === undefined ? [] : [`${trackName(track, kind)}: ${trouble}`];
    }),
    ...drift,
  ];
}

function firstTrouble(track: ServiceState['stable']): string | undefined {
  if (track === undefined) return undefined;
  const replica = track.replicas.find(({ ready, trouble }) => !ready && trouble !== undefined);
  const text = track.trouble ?? (replica && `${replica.name}: ${replica.trouble}`);
  return text?.split('\n')[0];
}
