import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { applyRelease } from '../objects/template.ts';

/** Containers that keep an image which the release changes elsewhere in the pod. */
export function imageRemarks(template: V1PodTemplateSpec, release: Release): string[] {
  const before = containersOf(template);
  const after = containersOf(released(template, release));
  const isChanged = (index: number) => before[index]?.image !== after[index]?.image;
  return before.flatMap(({ name, image }, index) => {
    const other = before.findIndex((one, at) => one.image === image && isChanged(at));
    if (isChanged(index) || other < 0) return [];
    return [
      `container ${name} keeps image ${image}, which container ${before[other]?.name} changes to ` +
        `${after[other]?.image}; name it in release.images if it is to change too`,
    ];
  });
}

/** A release that does not fit is refused elsewhere. */
function released(template: V1PodTemplateSpec, release: Release): V1PodTemplateSpec {
  if (release.revision !== undefined) return template;
  try {
    return applyRelease(template, release);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return template;
    throw error;
  }
}

function containersOf({ spec }: V1PodTemplateSpec) {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}
