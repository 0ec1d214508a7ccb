/** What the API server would store for a pod template: with defaults, and changed by admission. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { ClusterApi, ObjectRef } from '../../kubernetes-api/cluster-api.ts';
import { withAdmittedImages } from '../objects/template.ts';
import { templateDigest } from '../state/template-revision.ts';

export interface AdmittedTemplate {
  /** The template to write. */
  template: V1PodTemplateSpec;
  /** The template that will be stored. */
  stored: V1PodTemplateSpec;
  /** The digest of the template that will be stored. */
  digest: string;
}

export async function admitTemplate(
  api: ClusterApi,
  deployment: ObjectRef<'deployments'>,
  wanted: V1PodTemplateSpec,
): Promise<AdmittedTemplate> {
  const answer = (await storedTemplate(api, deployment, wanted)) ?? wanted;
  const template = withAdmittedImages(wanted, answer);
  const stored = markedAs(answer, template);
  return { template, stored, digest: templateDigest(stored) };
}

/** Undefined if it cannot be tried, because a webhook does not support dry runs. */
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
    if (error instanceof PlatformError && error.reason === 'no-dry-run') return undefined;
    throw error;
  }
}

/** The template that is stored, with the mark of the one that is sent. */
function markedAs(stored: V1PodTemplateSpec, { metadata }: V1PodTemplateSpec): V1PodTemplateSpec {
  const annotations = { ...stored.metadata?.annotations, ...metadata?.annotations };
  if (Object.keys(annotations).length === 0) return stored;
  return { ...stored, metadata: { ...stored.metadata, annotations } };
}
