/** Templates of earlier releases: ReplicaSets, or a ControllerRevision if the Deployment keeps none. */
import type { V1ControllerRevision, V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { copiedLabels } from '../objects/copied-metadata.ts';
import { nameOf } from '../objects/fenced-patch.ts';
import { keptTemplateNameOf, labels, createdLabels } from '../objects/names.ts';
import type { KeptTemplate } from '../objects/record.ts';
import { withoutHash, withoutSetAside } from '../objects/template.ts';
import { revisionOf, templateHashOf } from '../state/template-revision.ts';
import type { Act } from './act.ts';
import type { Held } from './held.ts';
import { replicaSetsOf, stableTemplate } from './stable-template.ts';

/** The template of this revision, or of this hash. Throws `conflict` if the cluster no longer has it. */
export async function keptTemplateOf(
  act: Act,
  held: Held,
  wanted: { revision: number } | { hash: string },
): Promise<V1PodTemplateSpec> {
  const found = (await replicaSetsOf(act, held)).find((one) =>
    'hash' in wanted ? templateHashOf(one) === wanted.hash : revisionOf(one) === wanted.revision,
  );
  if (found?.spec?.template) return withoutSetAside(withoutHash(found.spec.template));
  const own = await act.api.get(refOf(act));
  const isWanted =
    'hash' in wanted
      ? own?.metadata?.labels?.[labels.templateHash] === wanted.hash
      : own?.revision === wanted.revision;
  if (own?.data !== undefined && isWanted) return own.data as V1PodTemplateSpec;
  const which = 'hash' in wanted ? `template ${wanted.hash}` : `revision ${wanted.revision}`;
  throw new PlatformError(
    'conflict',
    `${nameOf(act.stable)} no longer keeps its ${which}; deploy that release again instead`,
  );
}

/**
 * Makes sure that the current stable can be restored, and returns from what. Its ReplicaSet is
 * enough, unless the Deployment keeps none: then the template is stored separately.
 */
export async function keepTemplate(act: Act, held: Held): Promise<KeptTemplate> {
  const hash = held.record.stableHash;
  const kept = { revision: revisionOf(held.deployment), hash };
  if (held.deployment.spec?.revisionHistoryLimit !== 0) return kept;
  const ref = refOf(act);
  const isKept = (present: V1ControllerRevision | undefined) =>
    present?.metadata?.labels?.[labels.templateHash] === hash;
  const present = await act.api.get(ref);
  if (!isKept(present)) {
    const { uid } = present?.metadata ?? {};
    if (uid !== undefined) await act.api.remove(ref, { uid });
    try {
      await act.api.create(ref.kind, ref.namespace, await revisionOfStable(act, held, kept));
    } catch (error) {
      if (!isKept(await act.api.getLive(ref))) throw error;
    }
  }
  return { ...kept, controllerRevision: ref.name };
}

async function revisionOfStable(
  act: Act,
  held: Held,
  { revision, hash }: KeptTemplate,
): Promise<V1ControllerRevision> {
  const { deployment, record } = held;
  const { uid = '' } = deployment.metadata ?? {};
  return {
    metadata: {
      name: refOf(act).name,
      labels: {
        ...copiedLabels(deployment.metadata),
        ...createdLabels(act, record.workflowId),
        [labels.templateHash]: hash,
      },
      ownerReferences: [
        // With a controller, no StatefulSet or DaemonSet with its labels takes it for its own history.
        { apiVersion: 'apps/v1', kind: 'Deployment', name: act.stable.name, uid, controller: true },
      ],
    },
    revision,
    data: await stableTemplate(act, held),
  };
}

function refOf(act: Act): ObjectRef<'controllerrevisions'> {
  const { namespace } = act.target;
  return { kind: 'controllerrevisions', namespace, name: keptTemplateNameOf(act.stable.name) };
}
