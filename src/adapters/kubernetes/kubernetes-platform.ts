import { attemptNowMs } from '../attempts/current-attempt.ts';
import type { Fence } from '../../contracts/kernel/fence.ts';
import type {
  Platform,
  ServiceRef,
  ServiceState,
  WantedRelease,
} from '../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Act, Surroundings } from './acts/act.ts';
import { applyCanary } from './acts/apply-canary.ts';
import { claim } from './acts/claim.ts';
import { correctDrift } from './acts/correct-drift.ts';
import { releaseService } from './acts/release-service.ts';
import { openAct, requireKubernetes } from './acts/open-act.ts';
import { promoteCanary } from './acts/promote-canary.ts';
import { rehearseClaim } from './acts/rehearse-claim.ts';
import { removeCanary } from './acts/remove-canary.ts';
import { replaceStable } from './acts/replace-stable.ts';
import { restoreReplaced } from './acts/restore-replaced.ts';
import { revertPromotion } from './acts/revert-promotion.ts';
import { setWeight } from './acts/set-weight.ts';
import { settlePromotion } from './acts/settle-promotion.ts';
import type { ClusterApi } from '../kubernetes-api/cluster-api.ts';
import type { Clusters } from '../kubernetes-api/clusters.ts';
import { byTarget } from './by-target.ts';
import { createColoursPlatform, listOwnedColours } from './colours/colours-platform.ts';
import { heldLabels } from './objects/names.ts';
import type { PatchScope } from './objects/patch-scope.ts';
import { ownerOf, readRecord } from './objects/record.ts';
import { collectService } from './state/collect-service.ts';
import { requirePlace, type Places } from './require-place.ts';
import { refusals, refuse } from './state/refusals.ts';
import { serviceState } from './state/service-state.ts';
import { readTraffic } from './traffic/read-traffic.ts';

export interface KubernetesPlatformOptions {
  clusters: Pick<Clusters, 'of'>;
  /** Identifies this Belay: only its own rollouts are listed as owned. */
  installation?: string;
  /** The places that specs may name; absent: all. */
  places?: Places;
  /** Whose owned services are listed; absent: those of the current context, in every namespace that may be watched. */
  listed?: { context: string | undefined; namespace: string | undefined };
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
  /** How long kube-proxy may take to apply an EndpointSlice: it does so within its minimum period of 1 s. */
  proxySettleMs?: number;
  /** Additional fields that a release's patch may change. */
  patchScope?: PatchScope;
}

/** Deployments on Kubernetes. The acts are in acts/, those for two Deployments in colours/. */
export function createKubernetesPlatform({
  clusters,
  installation = '',
  places,
  listed,
  nowMs = attemptNowMs,
  proxySettleMs = 3_000,
  patchScope = [],
}: KubernetesPlatformOptions): Platform {
  const apiOf = (ref: ServiceRef) => clusters.of(requireKubernetes(ref.target).context);
  // Only before the first write: a rollout that has started can be undone anywhere.
  const requireAccepted = async ({ target }: ServiceRef) => {
    if (places !== undefined) await requirePlace(requireKubernetes(target), places, clusters);
  };
  const surroundings = { installation, nowMs, proxySettleMs, patchScope };
  const act = async (ref: ServiceRef, fence: Fence): Promise<Act> =>
    openAct(await apiOf(ref), ref, fence, surroundings);

  const one: Omit<Platform, 'listOwned'> = {
    readService: async (ref, wanted) => readService(await apiOf(ref), ref, wanted, surroundings),
    claim: async (ref, fence, workflowId, kind) => {
      const claiming = await act(ref, fence);
      await claim(claiming, workflowId, kind);
      const state = await readService(claiming.api, ref);
      if (state !== undefined) return state;
      throw new PlatformError('unavailable', `${ref.service} was deleted while it was claimed`);
    },
    releaseService: async (ref, fence) => releaseService(await act(ref, fence)),
    applyCanary: async (ref, fence, canary) => applyCanary(await act(ref, fence), canary),
    setWeight: async (ref, fence, weight) => setWeight(await act(ref, fence), weight),
    removeCanary: async (ref, fence) => removeCanary(await act(ref, fence)),
    promoteCanary: async (ref, fence) => promoteCanary(await act(ref, fence)),
    settlePromotion: async (ref, fence) => settlePromotion(await act(ref, fence)),
    revertPromotion: async (ref, fence) => revertPromotion(await act(ref, fence)),
    replaceStable: async (ref, fence, replacement) =>
      replaceStable(await act(ref, fence), replacement),
    restoreReplaced: async (ref, fence) => restoreReplaced(await act(ref, fence)),
    correctDrift: async (ref, fence) => correctDrift(await act(ref, fence)),
    readTraffic: async (ref) => {
      const objects = await collectService(await apiOf(ref), ref);
      if (objects !== undefined) return readTraffic(objects, nowMs);
      throw new PlatformError(
        'not-found',
        `${ref.service} has no Deployment to ask for its traffic`,
      );
    },
  };
  const platform = byTarget(one, createColoursPlatform(apiOf, surroundings));
  return {
    ...platform,
    readService: async (ref, wanted) => {
      if (wanted !== undefined) await requireAccepted(ref);
      return platform.readService(ref, wanted);
    },
    claim: async (ref, fence, workflowId, kind) => {
      await requireAccepted(ref);
      return platform.claim(ref, fence, workflowId, kind);
    },
    listOwned: async () => {
      const api = await clusters.of(listed?.context);
      const lists = [listOwned, listOwnedColours];
      const owned = lists.map((list) => list(api, installation, listed?.namespace));
      return (await Promise.all(owned)).flat();
    },
  };
}

async function readService(
  api: ClusterApi,
  ref: ServiceRef,
  wanted?: WantedRelease,
  surroundings?: Surroundings,
): Promise<ServiceState | undefined> {
  const objects = await collectService(api, ref);
  if (wanted) {
    const reasons = refusals(ref, objects, wanted, surroundings?.patchScope);
    const isHeld = readRecord(objects?.stable.deployment.metadata) !== undefined;
    const tried =
      objects && surroundings && !isHeld
        ? await rehearseClaim(api, ref, objects, wanted, surroundings)
        : [];
    refuse([...reasons, ...tried.filter((one) => !reasons.some((known) => one.includes(known)))]);
  }
  return objects && serviceState(objects, wanted?.release);
}

async function listOwned(
  api: ClusterApi,
  installation: string,
  namespace?: string,
): ReturnType<Platform['listOwned']> {
  const held = await api.listEverywhere('deployments', heldLabels, namespace);
  return held.flatMap((deployment) => {
    const record = readRecord(deployment.metadata);
    const owner = ownerOf(deployment);
    if (owner === undefined || record?.installation !== installation) return [];
    const { service, environment, target } = record;
    return [{ service, environment, target, owner }];
  });
}
