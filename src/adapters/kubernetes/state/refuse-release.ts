import { PlatformError } from '../../../contracts/platform.ts';
import type { Release } from '../../../specs/release.ts';
import { applyRelease } from '../objects/template.ts';
import { keptRevisions } from './kept-revisions.ts';
import type { ServiceObjects } from './service-objects.ts';
import { revisionOf } from './template-revision.ts';

/** Why this release does not fit this Deployment's pods. */
export function releaseRefusals(objects: ServiceObjects, release: Release): string[] {
  if (release.revision !== undefined) return revisionRefusals(objects, release.revision);
  const template = objects.stable.deployment.spec?.template ?? {};
  try {
    applyRelease(template, release);
    return [];
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return [error.message];
    throw error;
  }
}

function revisionRefusals(objects: ServiceObjects, wanted: number): string[] {
  const kept = keptRevisions(objects).map(({ revision }) => revision);
  if (kept.includes(wanted) || wanted === revisionOf(objects.stable.deployment)) return [];
  const others = kept.length > 0 ? `kept are ${kept.join(', ')}` : 'none is kept';
  return [`revision ${wanted} is not kept: ${others} (revisionHistoryLimit says how many)`];
}
