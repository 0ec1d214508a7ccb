import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { canaryHashOf } from '../objects/canary-hash.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, heldLabels, labels, metadataPath } from '../objects/names.ts';
import type { RolloutRecord } from '../objects/record.ts';
import { formatRecord, readRecord } from '../objects/record.ts';
import { routeName } from '../routing/route-name.ts';
import { currentReplicaSet, templateHashOf } from '../state/template-revision.ts';
import { isComplete } from '../state/update-state.ts';
import type { Act } from './act.ts';
import { holdAutoscaler } from './autoscaler.ts';
import { abandonAdoption, endPreparation } from './abandon-adoption.ts';
import { createCanaryObjects } from './canary-objects.ts';
import { canaryDeploymentOf } from './canary-workload.ts';
import type { Held } from './held.ts';
import { raiseRoute } from './route.ts';
import { pointServices, raiseServices } from './services.ts';
import { replicaSetsOf } from './stable-template.ts';
import { ownStrategySteps } from './strategy.ts';

/** The claiming rollout. */
type Claimant = Pick<RolloutRecord, 'workflowId' | 'kind'>;

/**
 * Claims the Deployment, pauses it and pins its Services to its pods. A record that another rollout
 * left is kept, except for its owner; the caller clears what that rollout changed. Leaves its fence
 * on everything that an earlier act may still be writing to.
 */
export async function claim(act: Act, workflowId: string, kind: SpecKind): Promise<Held> {
  const claimant: Claimant = { workflowId, kind };
  const found = (await act.api.get(act.stable)) ?? (await act.api.getLive(act.stable));
  if (found === undefined) throw missing(act);
  const [replicaSets, old] = await Promise.all([
    replicaSetsOf(act, { deployment: found }),
    act.api.get(canaryDeploymentOf(act)),
  ]);
  let isTakenOver = false;
  const deployment = await patchFenced(act.api, act.stable, act.fence, (present) => {
    const left = readRecord(present.metadata);
    isTakenOver = left !== undefined;
    if (left !== undefined && !isRestored(present, left, replicaSets)) {
      requireSameRoute(act, left);
      return markSteps(present, takenOver(act, left, claimant, old));
    }
    const fresh = freshRecord(act, present, replicaSets, claimant);
    return [
      { op: 'test', path: '/metadata/generation', value: present.metadata?.generation },
      ...markSteps(present, { ...fresh, ...(left && { paused: left.paused }) }),
      pause,
      ...(left ? ownStrategySteps(left) : []),
    ];
  });
  const record = readRecord(deployment.metadata);
  if (record === undefined) {
    throw new PlatformError('unavailable', `${nameOf(act.stable)} was released at the same time`);
  }
  const held = await abandonAdoption(act, { deployment, record });
  await endPreparation(act, held);
  await takeSurroundings(act, held, isTakenOver);
  return held;
}

async function takeSurroundings(act: Act, held: Held, isTakenOver: boolean): Promise<void> {
  const { phase, weight } = held.record;
  const isAtRest = phase === 'claimed' && weight === 0;
  if (isAtRest) await pointServices(act, held, 'stable', { undo: true });
  else await raiseServices(act, held);
  await holdAutoscaler(act);
  await createCanaryObjects(act, held);
  await act.router?.prepare(act.fence);
  if (isTakenOver) await raiseRoute(act, held);
}

/** A release that was replaced in place has been restored: the next rollout may start as usual. */
function isRestored(
  deployment: V1Deployment,
  { phase, kept }: RolloutRecord,
  replicaSets: V1ReplicaSet[],
): boolean {
  const current = currentReplicaSet(deployment, replicaSets);
  const isBack = current !== undefined && templateHashOf(current) === kept?.hash;
  return phase === 'replacing' && isBack && isComplete(deployment);
}

/** The previous promotion is complete by now, and may be followed by another. */
function takenOver(
  { installation, target, fence }: Act,
  left: RolloutRecord,
  claimant: Claimant,
  old: V1Deployment | undefined,
): RolloutRecord {
  // The order of keys is kept, so that a repeated claim recognizes its own record and writes nothing.
  const taken: RolloutRecord = { ...left, installation, ...claimant, target };
  if (left.phase !== 'claimed') return taken;
  delete taken.promotedBy;
  const isOfDeployment = old?.metadata?.labels?.[labels.track] === 'canary';
  const hasOwn = left.canaryHash !== undefined || isOfDeployment || left.weight > 0;
  if (hasOwn || isInPlace(claimant)) return taken;
  return { ...taken, format: 2, canaryHash: canaryHashOf(fence) };
}

function isInPlace({ kind }: Claimant): boolean {
  return kind === 'rolling' || kind === 'recreate';
}

/** Through another route, traffic left on the previous one could be neither seen nor removed. */
function requireSameRoute({ target, stable }: Act, left: RolloutRecord): void {
  const [before, now] = [routeName(left.target.router), routeName(target.router)];
  if (before === now) return;
  throw new PlatformError(
    'conflict',
    `${nameOf(stable)} is still owned by a rollout that divides its traffic by ${before}, not ${now}; ` +
      'wait until the janitor has cleaned it up, or use the same router',
  );
}

function freshRecord(
  act: Act,
  deployment: V1Deployment,
  replicaSets: V1ReplicaSet[],
  claimant: Claimant,
): RolloutRecord {
  return {
    format: 2,
    installation: act.installation,
    ...claimant,
    ...act.ref,
    target: act.target,
    phase: 'claimed',
    paused: deployment.spec?.paused ?? false,
    replicas: deployment.spec?.replicas ?? 1,
    stableHash: hashAtRest(act, deployment, replicaSets),
    ...(isInPlace(claimant) ? {} : { canaryHash: canaryHashOf(act.fence) }),
    weight: 0,
  };
}

/** The one ReplicaSet that runs the Deployment's template; refused while an update is in progress. */
function hashAtRest(act: Act, deployment: V1Deployment, replicaSets: V1ReplicaSet[]): string {
  if (deployment.metadata?.deletionTimestamp) throw notAtRest(act, 'it is being deleted');
  const current = currentReplicaSet(deployment, replicaSets);
  const hash = current && templateHashOf(current);
  if (hash === undefined) {
    const paused = deployment.spec?.paused
      ? 'someone paused it with a template that does not run'
      : undefined;
    throw notAtRest(act, paused ?? 'an update of it has just started');
  }
  const old = replicaSets.filter((one) => one !== current && (one.spec?.replicas ?? 0) > 0);
  if (old.length === 0) return hash;
  throw notAtRest(
    act,
    `an update of it is under way: ${old.map(nameOfSet).join(', ')} still has pods`,
  );
}

const pause: PatchStep = { op: 'add', path: '/spec/paused', value: true };

function markSteps({ metadata }: V1Deployment, record: RolloutRecord): PatchStep[] {
  const isMarked = metadata?.annotations?.[annotations.rollout] === formatRecord(record);
  if (isMarked && metadata.labels?.[labels.held] === 'true') return [];
  const mark: PatchStep = {
    op: 'add',
    path: metadataPath('annotations', annotations.rollout),
    value: formatRecord(record),
  };
  if (metadata?.labels === undefined) {
    return [mark, { op: 'add', path: '/metadata/labels', value: heldLabels }];
  }
  return [mark, { op: 'add', path: metadataPath('labels', labels.held), value: 'true' }];
}

function notAtRest({ stable }: Act, why: string): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(stable)} cannot be claimed: ${why}; wait until that ends`,
  );
}

function missing({ stable }: Act): PlatformError {
  return new PlatformError(
    'not-found',
    `there is no ${nameOf(stable)}; apply it first: Belay rolls out releases of Deployments that exist`,
  );
}

function nameOfSet({ metadata }: V1ReplicaSet): string {
  return metadata?.name ?? '';
}
