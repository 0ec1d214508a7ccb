/** The user's Deployment while a rollout owns it, and what that rollout records on it. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { readFence, requireFence } from '../objects/fence-record.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, metadataPath } from '../objects/names.ts';
import type { Phase, RolloutRecord } from '../objects/record.ts';
import { formatRecord, readRecord } from '../objects/record.ts';
import type { Act } from './act.ts';

export interface Held {
  deployment: V1Deployment;
  record: RolloutRecord;
}

/** The changes of an act: `record` is merged into the present one, `undefined` values are removed. */
export interface HeldChange {
  record?: Partial<{ [K in keyof RolloutRecord]: RolloutRecord[K] | undefined }>;
  steps?: PatchStep[];
  /** Another attempt of the same act has the same fence: of two that change the record, one is built anew. */
  isExclusive?: true;
}

/**
 * The Deployment, which this rollout must own. `check` throws if the act does not fit; before that,
 * the cached state is confirmed with the API server.
 */
export async function readHeld(act: Act, check: (held: Held) => void = () => {}): Promise<Held> {
  const judge = (deployment: V1Deployment | undefined) => {
    const held = requireHeld(act, deployment);
    check(held);
    return held;
  };
  const cached = await act.api.get(act.stable);
  try {
    return judge(cached);
  } catch {
    return judge(await act.api.getLive(act.stable));
  }
}

/** The same, read from the API server: for acts that an old cache could take for done. */
export async function readHeldLive(act: Act, check: (held: Held) => void): Promise<Held> {
  const held = requireHeld(act, await act.api.getLive(act.stable));
  check(held);
  return held;
}

/**
 * Whether nothing of a rollout is on the Deployment: it was deleted, or created again since. Throws
 * `stale-fence` if another rollout has acted on it.
 */
export async function isUnmarked(act: Act): Promise<boolean> {
  const isBare = (deployment: V1Deployment | undefined) =>
    deployment === undefined || readRecord(deployment.metadata) === undefined;
  if (!isBare(await act.api.get(act.stable))) return false;
  const live = await act.api.getLive(act.stable);
  requireFence(readFence(live?.metadata), act.fence, nameOf(act.stable));
  return isBare(live);
}

/** One fenced write on the Deployment; `{}` only raises the fence. */
export async function patchHeld(
  act: Act,
  change: (held: Held) => HeldChange | 'as-wanted',
): Promise<Held> {
  const deployment = await patchFenced(act.api, act.stable, act.fence, (found) => {
    const held = requireHeld(act, found);
    const wanted = change(held);
    return wanted === 'as-wanted'
      ? wanted
      : [
          ...(wanted.isExclusive ? [sameRecord(found)] : []),
          ...recordSteps(held, wanted),
          ...(wanted.steps ?? []),
        ];
  });
  return requireHeld(act, deployment);
}

export function requirePhase(...phases: Phase[]): (held: Held) => void {
  return ({ deployment, record }) => {
    if (phases.includes(record.phase)) return;
    const { namespace, name } = deployment.metadata ?? {};
    throw new PlatformError(
      'conflict',
      `Deployment ${namespace}/${name}: ${duringPhase[record.phase]}`,
    );
  };
}

function requireHeld({ stable, fence }: Act, deployment: V1Deployment | undefined): Held {
  const what = nameOf(stable);
  if (deployment === undefined) throw new PlatformError('not-found', `there is no ${what}`);
  const record = readRecord(deployment.metadata);
  const stored = readFence(deployment.metadata);
  requireFence(stored, fence, what);
  if (record === undefined || stored?.rolloutId !== fence.rolloutId) {
    throw notHeld(what, fence, record && stored);
  }
  return { deployment, record };
}

function notHeld(what: string, { rolloutId }: Fence, holder: Fence | undefined): PlatformError {
  const who = holder === undefined ? 'no rollout does' : `rollout ${holder.rolloutId} does`;
  return new PlatformError(
    'stale-fence',
    `rollout ${rolloutId} does not own ${what}: ${who}; claim it first`,
  );
}

function sameRecord({ metadata }: V1Deployment): PatchStep {
  const value = metadata?.annotations?.[annotations.rollout];
  return { op: 'test', path: metadataPath('annotations', annotations.rollout), value };
}

function recordSteps({ record }: Held, { record: changed }: HeldChange): PatchStep[] {
  if (changed === undefined) return [];
  const value = formatRecord({ ...record, ...changed } as RolloutRecord);
  if (value === formatRecord(record)) return [];
  return [{ op: 'add', path: metadataPath('annotations', annotations.rollout), value }];
}

const duringPhase: Record<Phase, string> = {
  claimed: 'no promotion or replacement is in progress',
  adopting: 'it is adopting the canary; promote it, or set its weight to 0',
  abandoning: 'its adoption of the canary is being taken back; set the weight of the canary to 0',
  promoting: 'a promotion is under way; settle or revert it first',
  reverting: 'the revert of a promotion is under way; settle it first',
  replacing: 'its release is being replaced in place; restore it first',
};
