import type {
  KeptRevision,
  ServiceState,
  TrackState,
} from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { imageRemarks } from '../state/image-remarks.ts';
import { bornAt, keptRevisions } from '../state/kept-revisions.ts';
import { releaseOf } from '../state/release-of.ts';
import { sameRelease } from '../state/same-release.ts';
import type { Workload } from '../state/service-objects.ts';
import { urlOf } from '../state/service-url.ts';
import { servedPorts } from '../state/served-ports.ts';
import { servingPods } from '../state/serving-pods.ts';
import { currentReplicaSet, revisionOf, sameTemplate } from '../state/template-revision.ts';
import { deploymentView, trackState } from '../state/track-state.ts';
import { updateState } from '../state/update-state.ts';
import { inColour } from './colour-template.ts';
import { coloursDrift } from './colours-drift.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { coloursOwner, isPrepared } from './colours-record.ts';
import { coloursRemarks } from './colours-remarks.ts';

/** The live colour as stable; the idle one as canary while it has a release of a rollout. */
export function coloursState(objects: ColoursObjects, wanted?: Release): ServiceState {
  const { service, environment, stable, canary, chooser, record } = objects;
  const owner = coloursOwner(chooser);
  const url = urlOf(objects);
  return {
    service,
    environment,
    ...(url !== undefined && { url }),
    revision: revisionOf(stable.deployment),
    stable: colourTrack(objects, stable),
    ...(hasCanary(objects) && { canary: colourTrack(objects, newest(canary)) }),
    canaryWeight: record?.weight ?? 0,
    ...(owner && { owner }),
    kept: keptColours(objects),
    ...(wanted && { isServing: isServing(objects, wanted) }),
    routing: `selector of Service ${chooser.metadata?.name ?? ''}`,
    update: updateState(stable, undefined),
    drift: coloursDrift(objects),
    remarks: [
      ...coloursRemarks(objects),
      ...(wanted ? imageRemarks(stable.deployment.spec?.template ?? {}, wanted) : []),
    ],
  };
}

/** An idle colour without a release is not a canary, whatever its size. */
export function hasCanary({ record, canary }: Pick<ColoursObjects, 'record' | 'canary'>): boolean {
  return record !== undefined && isPrepared(canary.deployment.metadata);
}

/**
 * Releases that can be brought back, all of them by the idle colour and with its revision numbers: its
 * current template, unless the live colour has the same, and those of its ReplicaSets.
 */
export function keptColours(objects: ColoursObjects): KeptRevision[] {
  const { stable, canary } = objects;
  const older = keptRevisions({ stable: canary }).map((kept) => ({
    ...kept,
    wanted: sizeOf(stable),
  }));
  if (hasCanary(objects)) return older;
  const current = currentReplicaSet(canary.deployment, canary.replicaSets);
  const template = canary.deployment.spec?.template;
  if (current === undefined || template === undefined || runsTheSame(objects)) return older;
  const revision = revisionOf(canary.deployment);
  const replacedBy = currentReplicaSet(stable.deployment, stable.replicaSets);
  const present: KeptRevision = {
    revision,
    release: { version: releaseOf(template).version, revision },
    wanted: sizeOf(stable),
    replacedAtMs: Math.max(bornAt(current), replacedBy ? bornAt(replacedBy) : 0),
  };
  return [present, ...older];
}

function runsTheSame({ stable, canary, selectors }: ColoursObjects): boolean {
  const live = stable.deployment.spec?.template;
  const idle = canary.deployment.spec?.template;
  if (live === undefined || idle === undefined) return false;
  const recolouring = {
    from: stable.deployment,
    to: canary.deployment,
    keys: Object.keys(selectors.live),
  };
  return sameTemplate(inColour(live, recolouring), idle);
}

function sizeOf({ deployment }: Workload): number {
  return deployment.spec?.replicas ?? 1;
}

function colourTrack(objects: ColoursObjects, workload: Workload): TrackState {
  const { chooser, endpointSlices } = objects;
  const serving = servingPods(endpointSlices, [chooser.metadata?.name ?? '']);
  const { pods } = workload;
  return trackState({ ...deploymentView(workload), pods, serving, ports: servedPorts(objects) });
}

/** Only with the pods of the present template. */
function newest(workload: Workload): Workload {
  const current = currentReplicaSet(workload.deployment, workload.replicaSets)?.metadata?.uid;
  const isNewest = ({ metadata }: Workload['pods'][number]) =>
    current !== undefined && metadata?.ownerReferences?.some(({ uid }) => uid === current);
  return { ...workload, pods: workload.pods.filter(isNewest) };
}

/** A revision belongs to the idle colour, so a release that is requested by revision does not serve. */
function isServing({ stable }: ColoursObjects, wanted: Release): boolean {
  const template = stable.deployment.spec?.template;
  return wanted.revision === undefined && template !== undefined && sameRelease(template, wanted);
}
