import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping, judgedBy } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { versionOfImage } from './image-version.ts';
import { templatePatchSchema } from './template-patch.ts';
import { text } from '../kernel/written.ts';

const image = () => text('write the name of an image, such as registry.example/shop:v2', /^\S+$/);
const acceptedImages = 'write a mapping of containers to images, such as { shop: shop:v2 }';

export const kubernetesReleaseKeys = {
  image: image().exactOptional().describe('Kubernetes: image of the only container.'),
  images: z
    .record(
      text('write the name of a container', /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
      image(),
      { error: refusal(acceptedImages) },
    )
    .check(judgedBy(judgeImages))
    .exactOptional()
    .describe('Kubernetes: images by container, for pods with several containers.'),
  patch: templatePatchSchema
    .exactOptional()
    .describe('Kubernetes: further changes of the pod template, as a JSON patch.'),
};

/** What does not fit together in a release for Kubernetes, but for its version. */
export function judgeKubernetesRelease({ image, images, env, patch }: Unfinished): Finding[] {
  const changes = [image, images, env, patch];
  if (changes.every((change) => change === undefined)) {
    const message = 'missing; write the image to bring out, such as shop:v2';
    return [{ path: ['image'], message }];
  }
  if (image !== undefined && images !== undefined) {
    return [{ path: ['images'], message: 'given together with image; keep one of them' }];
  }
  if (env !== undefined && isMapping(images) && Object.keys(images).length > 1) {
    const message =
      'images names several containers, so it is not clear whose env this is; write a patch';
    return [{ path: ['env'], message }];
  }
  return [];
}

/** The distinct versions of a release's images. */
export function versionsOfImages({ image, images }: Unfinished): string[] {
  const all = image === undefined && isMapping(images) ? Object.values(images) : [image];
  const versions = all.flatMap((name) =>
    typeof name === 'string' ? (versionOfImage(name) ?? []) : [],
  );
  return [...new Set(versions)];
}

function judgeImages(images: Unfinished, isRefused: boolean): Finding[] {
  if (isRefused || Object.keys(images).length > 0) return [];
  return [{ path: [], message: `an empty mapping is not accepted; ${acceptedImages}` }];
}
