import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { annotations } from '../objects/names.ts';
import { applyRelease, withSentImages } from '../objects/template.ts';
import { sameTemplate } from './template-revision.ts';

/** Whether this release would not change the pod template; another name alone changes nothing. */
export function sameRelease(template: V1PodTemplateSpec, release: Release): boolean {
  try {
    const sent = withSentImages(template);
    return sameTemplate(unnamed(sent), unnamed(applyRelease(sent, release)));
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return false;
    throw error;
  }
}

function unnamed(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const { [annotations.release]: _name, ...rest } = template.metadata?.annotations ?? {};
  return { ...template, metadata: { ...template.metadata, annotations: rest } };
}
