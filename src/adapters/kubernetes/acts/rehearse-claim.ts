import type { V1Deployment, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { applyPatch } from 'rfc6902';
import { rolloutWorkflowId } from '../../../kinds/locks.ts';
import type { ServiceRef, WantedRelease } from '../../../contracts/rollouts/platform.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { canaryHashOf } from '../objects/canary-hash.ts';
import { applyRelease, bareCanaryTemplate } from '../objects/template.ts';
import type { ServiceObjects } from '../state/service-objects.ts';
import type { Act, Surroundings } from './act.ts';
import { claim } from './claim.ts';
import { keepTemplate } from './kept-template.ts';
import { openAct } from './open-act.ts';

/**
 * Why the API server would refuse the writes of a rollout: quotas by count, admission policies,
 * missing rights, unknown fields. The claim itself runs with `dryRun=All` for each of its writes, and
 * the canary's ReplicaSet contains the release. Pods are not tried, because that would need the right
 * to create them.
 */
export async function rehearseClaim(
  api: ClusterApi,
  ref: ServiceRef,
  { stable: { deployment } }: ServiceObjects,
  { release, way }: WantedRelease,
  surroundings: Surroundings,
): Promise<string[]> {
  const refused = new Set<string>();
  const template = releasedTemplate(deployment, release);
  const workflowId = rolloutWorkflowId(ref);
  const fence = { rolloutId: 'rehearsal', step: surroundings.nowMs() };
  const canary = bareCanaryTemplate(template, canaryHashOf(fence), labelsOf(ref));
  const act = await openAct(rehearsing(api, refused, canary), ref, fence, surroundings);
  await collectRefusal(refused, async () => {
    const held = await claim(act, workflowId, way === 'in-place' ? 'rolling' : 'canary');
    if (way === 'in-place') {
      await act.api.patch(act.stable, [{ op: 'replace', path: '/spec/template', value: template }]);
    }
    await keepTemplate(act, held);
    if (way === 'beside' && hasRules(act)) await act.router?.setWeight(fence, leastWeight);
  });
  return [...refused];
}

/** Adds what stops the attempt; what another attempt may not meet is thrown. */
export async function collectRefusal(
  refused: Set<string>,
  attempt: () => Promise<void>,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'unavailable') throw error;
    if (error.code !== 'stale-fence') refused.add(error.message);
  }
}

const leastWeight = 1;

/** Weights of an Ingress are on the canary's own, whose creation the claim has tried. */
function hasRules({ target: { router } }: Act): boolean {
  return router !== undefined && !('nginx' in router);
}

function labelsOf({ target }: ServiceRef): Record<string, string> | undefined {
  return target.platform === 'kubernetes' ? target.labels : undefined;
}

/** Writes nothing, collects refusals, and returns as if there were none. */
export function rehearsing(
  api: ClusterApi,
  refused: Set<string>,
  canary?: V1PodTemplateSpec,
): ClusterApi {
  const removed = new Set<string>();
  const note = (error: unknown) => {
    if (!(error instanceof PlatformError) || error.code === 'unavailable') throw error;
    // A webhook with side effects cannot be tried.
    if (error.reason !== 'no-dry-run') refused.add(error.message);
  };
  return {
    ...api,
    create: async (kind, namespace, body) => {
      try {
        if (kind !== 'replicasets' || canary === undefined)
          return await api.tryCreate(kind, namespace, body);
        const { spec, ...rest } = body as V1ReplicaSet;
        const sent = { ...rest, ...(spec && { spec: { ...spec, template: canary } }) };
        await api.tryCreate('replicasets', namespace, sent);
      } catch (error) {
        if (!isStillThere(error, removed.has(nameIn(kind, body)))) note(error);
      }
      return body;
    },
    patch: async (ref, steps) => {
      try {
        return await api.tryPatch(ref, steps);
      } catch (error) {
        note(error);
        const found = (await api.get(ref)) ?? (await api.getLive(ref));
        if (found === undefined) throw error;
        const patched = structuredClone(found);
        applyPatch(patched, steps);
        return patched;
      }
    },
    remove: ({ kind, name }) => {
      removed.add(`${kind}/${name}`);
      return Promise.resolve();
    },
  };
}

function nameIn(kind: string, { metadata }: { metadata?: { name?: string } }): string {
  return `${kind}/${metadata?.name}`;
}

/** The claim removes an object before it creates the next one of that name; the rehearsal does not. */
function isStillThere(error: unknown, isRemoved: boolean): boolean {
  return isRemoved && error instanceof PlatformError && error.reason === 'already-exists';
}

/** A release that does not fit is refused elsewhere; a kept revision is assumed to be like stable. */
function releasedTemplate({ spec }: V1Deployment, release: WantedRelease['release']) {
  const template = spec?.template ?? {};
  if (release.revision !== undefined) return template;
  try {
    return applyRelease(template, release);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return template;
    throw error;
  }
}
