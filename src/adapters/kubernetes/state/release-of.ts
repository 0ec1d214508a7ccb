import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Release } from '../../../specs/rollouts/release.ts';
import { readReleaseMark } from '../objects/template.ts';

/** The release that a pod template runs: by the name of its rollout, or else by its images. */
export function releaseOf(template: V1PodTemplateSpec): Release {
  const containers = template.spec?.containers ?? [];
  const images = Object.fromEntries(containers.map(({ name, image }) => [name, image ?? '']));
  const [only, ...others] = Object.values(images);
  return {
    version: readReleaseMark(template)?.version ?? versionOf(images),
    ...(only !== undefined && others.length === 0 ? { image: only } : { images }),
  };
}

/** "v2" if all containers agree, else "shop=v2,proxy=1.4". */
function versionOf(images: Record<string, string>): string {
  const versions = Object.entries(images).map(([name, image]) => [name, versionOfImage(image)]);
  const distinct = [...new Set(versions.map(([, version]) => version))];
  const [first = 'unknown', ...others] = distinct;
  return others.length === 0 ? first : versions.map((pair) => pair.join('=')).join(',');
}

/** The tag of an image, or the beginning of its digest. */
function versionOfImage(image: string): string {
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 12) ?? 'latest';
}
