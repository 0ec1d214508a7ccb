import type { V1Service } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { SpecKind } from '../../../kinds/workflow-types.ts';
import { quickWaitMs } from '../acts/act.ts';
import { holdAutoscaler } from '../acts/autoscaler.ts';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { isPassing } from '../objects/passing-reason.ts';
import { nameOf, patchFenced } from '../objects/fenced-patch.ts';
import { annotations, heldLabels, labels, metadataPath } from '../objects/names.ts';
import { readFence } from '../objects/fence-record.ts';
import { templateDigest } from '../state/template-revision.ts';
import type { ColoursAct } from './colours-act.ts';
import { deploymentRef, patchColourIfThere, untilColours } from './colours-act.ts';
import { collectColours, findColours, type ColoursObjects } from './colours-objects.ts';
import { readColoursRecord, swapped, type ColoursRecord } from './colours-record.ts';
import { restingRefusals } from './colours-refusals.ts';
import { judgeColours } from './judge-colours.ts';

/** The claiming rollout. */
type Claimant = Pick<ColoursRecord, 'workflowId' | 'kind'>;

/**
 * Claims the Service, and with it both colours, for one rollout. The Service has the record, because
 * it is the same before and after every switch. Neither Deployment is changed. The caller clears what
 * another rollout left, except for a promotion, which stays. If the rollout that promoted claims again,
 * the promotion is undone: as with any switch, weight 0 is next.
 */
export async function claimColours(
  act: ColoursAct,
  workflowId: string,
  kind: SpecKind,
): Promise<ColoursRecord | undefined> {
  const claimant: Claimant = { workflowId, kind };
  const fresh = await freshRecord(act, claimant);
  const service = await patchFenced(act.api, act.chooser, act.fence, (present) =>
    markSteps(present, recordFor(act, present, fresh, claimant)),
  );
  const record = readColoursRecord(service.metadata);
  for (const { name } of record ? [record.live, record.idle] : []) {
    await patchColourIfThere(act, name, () => []);
    await holdAutoscaler({ ...act, stable: deploymentRef(act, name) });
  }
  return record;
}

function recordFor(
  act: ColoursAct,
  { metadata }: V1Service,
  fresh: ColoursRecord | PlatformError,
  claimant: Claimant,
): ColoursRecord {
  const left = readColoursRecord(metadata);
  if (left !== undefined && left.workflowId !== claimant.workflowId) throw heldByAnother(act, left);
  if (left?.promotedBy === undefined) {
    if (left === undefined) return orThrow(fresh);
    // The order of keys is kept, so that a repeated claim recognizes its own record and writes nothing.
    const { installation, target } = act;
    const taken: ColoursRecord = { ...left, ...claimant, installation, target };
    return taken;
  }
  const { promotedBy, ...rest } = left;
  const isOurs = readFence(metadata)?.rolloutId === act.fence.rolloutId;
  return isOurs && promotedBy === act.fence.rolloutId ? swapped(rest) : orThrow(fresh);
}

/** Or why there is none: it is needed only for a Service that is not owned, or that was promoted. */
async function freshRecord(
  act: ColoursAct,
  claimant: Claimant,
): Promise<ColoursRecord | PlatformError> {
  const left = readColoursRecord((await act.api.get(act.chooser))?.metadata);
  if (left !== undefined && left.promotedBy === undefined) return releasedMeanwhile(act);
  if ((await collectColours(act.api, act.ref)) === undefined) return whyNone(act);
  const objects = await atRest(act);
  if (objects instanceof PlatformError) return objects;
  const { service, environment } = act.ref;
  return {
    format: 'colours-1',
    installation: act.installation,
    ...claimant,
    ...{ environment, service, target: act.target },
    ...colours(objects),
    weight: 0,
  };
}

/** Every annotation that the previous rollout removed is a change that the controllers process. */
async function atRest(act: ColoursAct): Promise<ColoursObjects | PlatformError> {
  let found: ColoursObjects | PlatformError = releasedMeanwhile(act);
  await untilColours(act, quickWaitMs, (objects) => {
    const reasons = restingRefusals(objects);
    found = reasons.length === 0 ? objects : new PlatformError('conflict', reasons.join('; '));
    return reasons.length > 0 && reasons.every(isPassing) ? reasons.join('; ') : undefined;
  });
  return found;
}

function releasedMeanwhile({ chooser }: ColoursAct): PlatformError {
  return new PlatformError('unavailable', `${nameOf(chooser)} was released at the same time`);
}

function colours({ stable, canary, selectors }: ColoursObjects) {
  const [live, idle] = [stable, canary].map(({ deployment }) => deployment);
  const template = live?.spec?.template;
  return {
    live: {
      name: live?.metadata?.name ?? '',
      selector: selectors.live,
      replicas: live?.spec?.replicas ?? 1,
      ...(template && { template: templateDigest(template) }),
    },
    idle: { name: idle?.metadata?.name ?? '', selector: selectors.idle },
  };
}

async function whyNone(act: ColoursAct): Promise<PlatformError> {
  const verdict = judgeColours(await findColours(act.api, act.ref));
  const reasons = verdict.kind === 'refused' ? verdict.reasons : [];
  return new PlatformError('not-found', reasons.join('; ') || 'one of the colours is gone');
}

function orThrow(record: ColoursRecord | PlatformError): ColoursRecord {
  if (record instanceof PlatformError) throw record;
  return record;
}

function markSteps({ metadata }: V1Service, record: ColoursRecord): PatchStep[] {
  const value = JSON.stringify(record);
  const isMarked = metadata?.annotations?.[annotations.rollout] === value;
  if (isMarked && metadata.labels?.[labels.held] === 'true') return [];
  const mark: PatchStep = {
    op: 'add',
    path: metadataPath('annotations', annotations.rollout),
    value,
  };
  if (metadata?.labels === undefined) {
    return [mark, { op: 'add', path: '/metadata/labels', value: heldLabels }];
  }
  return [mark, { op: 'add', path: metadataPath('labels', labels.held), value: 'true' }];
}

function heldByAnother({ chooser }: ColoursAct, { workflowId }: ColoursRecord): PlatformError {
  return new PlatformError(
    'conflict',
    `${nameOf(chooser)} is owned by ${workflowId}, a rollout of another service or environment; ` +
      'wait until it ends',
  );
}
