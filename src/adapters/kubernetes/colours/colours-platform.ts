import type { Fence } from '../../../contracts/kernel/fence.ts';
import type {
  Platform,
  ServiceRef,
  ServiceState,
  UpdateProgress,
  WantedRelease,
} from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Surroundings } from '../acts/act.ts';
import { requireKubernetes } from '../acts/open-act.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { heldLabels } from '../objects/names.ts';
import { refuse } from '../state/refusals.ts';
import type { ServiceObjects } from '../state/service-objects.ts';
import { readTraffic } from '../traffic/read-traffic.ts';
import { applyToIdle } from './apply-release.ts';
import { claimColours } from './claim-colours.ts';
import type { ColoursAct } from './colours-act.ts';
import type { ColoursRef } from './colours-objects.ts';
import { collectColours, findColours } from './colours-objects.ts';
import { coloursOwner, readColoursRecord } from './colours-record.ts';
import { coloursRefusals } from './colours-refusals.ts';
import { coloursState, hasCanary } from './colours-state.ts';
import { correctColours } from './correct-colours.ts';
import { releaseColours, restoreIdle } from './give-back.ts';
import { patchHeldColours, readHeldColours } from './held-colours.ts';
import { judgeColours } from './judge-colours.ts';
import { promoteColours } from './promote-colours.ts';
import { rehearseColours } from './rehearse-colours.ts';
import { switchColours } from './switch-colours.ts';

/** Two permanent Deployments, and the Service that selects one of them. */
export function createColoursPlatform(
  apiOf: (ref: ServiceRef) => Promise<ClusterApi>,
  surroundings: Surroundings,
): Omit<Platform, 'listOwned'> {
  const act = async (ref: ServiceRef, fence: Fence): Promise<ColoursAct> => {
    const asked = requireColours(ref);
    const { namespace } = asked.target;
    return {
      api: await apiOf(ref),
      ref: asked,
      target: asked.target,
      fence,
      ...surroundings,
      chooser: { kind: 'services', namespace, name: asked.colours.service },
    };
  };
  return {
    readService: async (ref, wanted) => {
      const rehearsal = { rolloutId: 'rehearsal', step: surroundings.nowMs() };
      return readColours(await act(ref, rehearsal), wanted);
    },
    claim: async (ref, fence, workflowId, kind) => {
      const claiming = await act(ref, fence);
      await claimColours(claiming, workflowId, kind);
      const state = await readColours(claiming);
      if (state !== undefined) return state;
      throw new PlatformError('unavailable', `${ref.service} was deleted while it was claimed`);
    },
    releaseService: async (ref, fence) => releaseColours(await act(ref, fence)),
    applyCanary: async (ref, fence, canary) => applyToIdle(await act(ref, fence), canary),
    setWeight: async (ref, fence, weight) => switchColours(await act(ref, fence), weight),
    removeCanary: async (ref, fence) => restoreIdle(await act(ref, fence)),
    promoteCanary: async (ref, fence) => promoteColours(await act(ref, fence)),
    settlePromotion: async (ref, fence) => {
      await readHeldColours(await act(ref, fence));
    },
    revertPromotion: async (ref, fence) => nothingUnderWay(await act(ref, fence)),
    replaceStable: (ref) => {
      const { blue, green } = requireColours(ref).colours;
      const message = `${blue} and ${green} are switched, never replaced in place; use kind: blueGreen`;
      return Promise.reject(new PlatformError('invalid', message));
    },
    restoreReplaced: async (ref, fence) => nothingUnderWay(await act(ref, fence)),
    correctDrift: async (ref, fence) => correctColours(await act(ref, fence)),
    readTraffic: async (ref) => {
      const { canary, ...objects } = await requireObjects(await apiOf(ref), requireColours(ref));
      const tracks: ServiceObjects = hasCanary({ ...objects, canary })
        ? { ...objects, canary }
        : objects;
      return readTraffic(tracks, surroundings.nowMs);
    },
  };
}

/** Every pair of colours that a rollout of this installation owns. */
export async function listOwnedColours(
  api: ClusterApi,
  installation: string,
  namespace?: string,
): ReturnType<Platform['listOwned']> {
  const held = await api.listEverywhere('services', heldLabels, namespace);
  return held.flatMap((chooser) => {
    const record = readColoursRecord(chooser.metadata);
    const owner = coloursOwner(chooser);
    if (owner === undefined || record?.installation !== installation) return [];
    const { service, environment, target } = record;
    return [{ service, environment, target, owner }];
  });
}

async function readColours(
  act: ColoursAct,
  wanted?: WantedRelease,
): Promise<ServiceState | undefined> {
  const { api, ref, patchScope } = act;
  const objects = await collectColours(api, ref);
  if (wanted === undefined) return objects && coloursState(objects);
  const verdict = objects ? undefined : judgeColours(await findColours(api, ref));
  const reasons = objects
    ? coloursRefusals(objects, wanted, patchScope)
    : verdict?.kind === 'refused'
      ? verdict.reasons
      : [];
  const isFree = objects !== undefined && objects.record === undefined;
  const tried = isFree ? await rehearseColours(act, objects, wanted) : [];
  refuse([...reasons, ...tried.filter((one) => !reasons.some((known) => one.includes(known)))]);
  return objects && coloursState(objects, wanted.release);
}

async function requireObjects(api: ClusterApi, ref: ColoursRef) {
  const objects = await collectColours(api, ref);
  if (objects !== undefined) return objects;
  const { blue, green, service } = ref.colours;
  throw new PlatformError(
    'not-found',
    `${ref.service} has no live colour to ask for its traffic: Service ${service} of ${blue} and ${green}`,
  );
}

/** A promotion of colours is complete at once. Leaves its fence, so that none can follow. */
async function nothingUnderWay(act: ColoursAct): Promise<UpdateProgress> {
  await patchHeldColours(act, () => ({}));
  return 'done';
}

function requireColours({ service, environment, target }: ServiceRef): ColoursRef {
  const onKubernetes = requireKubernetes(target);
  if (onKubernetes.colours === undefined) {
    throw new PlatformError('invalid', `the target of ${service} names no colours`);
  }
  return { service, environment, target: onKubernetes, colours: onKubernetes.colours };
}
