import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ServiceState, TrackState } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { canaryNameOf } from '../objects/names.ts';
import { ownerOf, readRecord, type Phase, type RolloutRecord } from '../objects/record.ts';
import { canaryTrouble } from './canary-beside.ts';
import { driftOf } from './drift.ts';
import { imageRemarks } from './image-remarks.ts';
import { keptRevisions } from './kept-revisions.ts';
import { releaseOf } from './release-of.ts';
import { remarksOn } from './remarks.ts';
import { sameRelease } from './same-release.ts';
import type { CanaryBeside, ServiceObjects, Workload } from './service-objects.ts';
import { urlOf } from './service-url.ts';
import { servedPorts } from './served-ports.ts';
import { servingPods } from './serving-pods.ts';
import { revisionOf, sameTemplate, templateHashOf } from './template-revision.ts';
import { deploymentView, trackState } from './track-state.ts';
import { updateState } from './update-state.ts';

/** The state of a service. `isServing` is about the release that the caller names. */
export function serviceState(objects: ServiceObjects, wanted?: Release): ServiceState {
  const { service, environment, stable } = objects;
  const record = readRecord(stable.deployment.metadata);
  const owner = ownerOf(stable.deployment);
  const canary = canaryTrack(objects, record);
  const url = urlOf(objects);
  return {
    service,
    environment,
    ...(url !== undefined && { url }),
    revision: revisionOf(stable.deployment),
    stable: stableTrack(objects, record),
    ...(canary && { canary }),
    canaryWeight: record?.weight ?? 0,
    ...(owner && { owner }),
    kept: keptRevisions(objects),
    ...(wanted && { isServing: isServing(objects, wanted) }),
    routing: objects.route?.name ?? 'replica ratio',
    update: updateState(stable, record?.phase),
    drift: record ? driftOf(objects, record) : [],
    remarks: [
      ...remarksOn(objects),
      ...(wanted ? imageRemarks(stable.deployment.spec?.template ?? {}, wanted) : []),
    ],
  };
}

/** Phases in which the template of the Deployment may not be what its pods run. */
const runsStable: readonly Phase[] = ['claimed', 'adopting', 'abandoning'];

/** All pods of the user's Deployment: during an update, old and new pods serve. */
function stableTrack(objects: ServiceObjects, record: RolloutRecord | undefined): TrackState {
  const { stable, services, endpointSlices } = objects;
  const serving = servingPods(endpointSlices, services.map(nameOf));
  const ports = servedPorts(objects);
  const track = trackState({ ...deploymentView(stable), pods: stable.pods, serving, ports });
  const running =
    record && runsStable.includes(record.phase) ? heldTemplate(stable, record) : undefined;
  return running ? { ...track, release: releaseOf(running) } : track;
}

/** What an owned Deployment still runs, regardless of later changes to it. */
function heldTemplate({ replicaSets }: Workload, { stableHash }: RolloutRecord) {
  return replicaSets.find((one) => templateHashOf(one) === stableHash)?.spec?.template;
}

/** Without pods and with none wanted, it does not exist yet. */
function canaryTrack(
  objects: ServiceObjects,
  record: RolloutRecord | undefined,
): TrackState | undefined {
  const { canary, stable, services, endpointSlices } = objects;
  if (!canary) return undefined;
  const { spec } = canary.workload;
  if (spec?.replicas === 0 && canary.pods.length === 0) return undefined;
  const ownService = canaryNameOf(stable.deployment.metadata?.name ?? '');
  const behind = [...services.map(nameOf), ...(record?.weight ? [ownService] : [])];
  return trackState({
    template: spec?.template,
    wanted: spec?.replicas,
    trouble: canaryTrouble(canary),
    pods: newestPods(canary),
    serving: servingPods(endpointSlices, behind),
    ports: servedPorts(objects),
  });
}

/** A Deployment may still have pods of an edited template. */
function newestPods({ workload, replicaSets, pods }: CanaryBeside): V1Pod[] {
  const current = replicaSets.find(({ spec }) => isTemplateOf(workload, spec?.template));
  return pods.filter(({ metadata }) =>
    metadata?.ownerReferences?.some(({ uid }) => uid === current?.metadata?.uid),
  );
}

function isTemplateOf({ spec }: CanaryBeside['workload'], template?: V1PodTemplateSpec): boolean {
  const own = spec?.template;
  return own !== undefined && template !== undefined && sameTemplate(own, template);
}

function isServing({ stable }: ServiceObjects, wanted: Release): boolean {
  const { deployment } = stable;
  if (wanted.revision !== undefined) return wanted.revision === revisionOf(deployment);
  return deployment.spec !== undefined && sameRelease(deployment.spec.template, wanted);
}

function nameOf({ metadata }: ServiceObjects['services'][number]): string {
  return metadata?.name ?? '';
}
