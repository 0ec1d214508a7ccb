/** What the API server makes of a pod template before it is written: defaults, and admission. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ClusterApi, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { withAdmittedImages } from '../objects/template.ts';
import { templateDigest } from '../state/template-revision.ts';

export interface AdmittedTemplate {
  /** As it is to be written. */
  template: V1PodTemplateSpec;
  /** Of what will be stored. */
  digest: string;
}

export async function admitTemplate(
  api: ClusterApi,
  deployment: ObjectRef<'deployments'>,
  wanted: V1PodTemplateSpec,
): Promise<AdmittedTemplate> {
  const stored = (await storedTemplate(api, deployment, wanted)) ?? wanted;
  return {
    template: withAdmittedImages(wanted, stored),
    digest: templateDigest(markedAs(stored, withAdmittedImages(wanted, stored))),
  };
}

/** Undefined where it cannot be tried: some webhook takes no dry runs. */
async function storedTemplate(
  api: ClusterApi,
  deployment: ObjectRef<'deployments'>,
  template: V1PodTemplateSpec,
): Promise<V1PodTemplateSpec | undefined> {
  try {
    const tried = await api.tryPatch(deployment, [
      { op: 'replace', path: '/spec/template', value: template },
    ]);
    return tried.spec?.template;
  } catch (error) {
    if (error instanceof PlatformError && error.message.includes(noDryRun)) return undefined;
    throw error;
  }
}

/** As the API server says it of a webhook that has side effects. */
const noDryRun = 'does not support dry run';

/** What is stored with the mark of what is sent. */
function markedAs(stored: V1PodTemplateSpec, { metadata }: V1PodTemplateSpec): V1PodTemplateSpec {
  const annotations = { ...stored.metadata?.annotations, ...metadata?.annotations };
  if (Object.keys(annotations).length === 0) return stored;
  return { ...stored, metadata: { ...stored.metadata, annotations } };
}
