import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { ownSelector } from '../objects/pointing.ts';
import { matches, selects } from '../../kubernetes-api/objects/selectors.ts';
import { applyReleaseInScope, type PatchScope } from '../objects/patch-scope.ts';
import { keptRevisions } from './kept-revisions.ts';
import type { ServiceObjects } from './service-objects.ts';
import { revisionOf } from './template-revision.ts';

/** Why this release does not fit this Deployment's pods. */
export function releaseRefusals(
  objects: ServiceObjects,
  release: Release,
  scope: PatchScope,
): string[] {
  if (release.revision !== undefined) return revisionRefusals(objects, release.revision);
  const template = objects.stable.deployment.spec?.template ?? {};
  try {
    return labelRefusals(objects, applyReleaseInScope(template, release, scope));
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'invalid') return [error.message];
    throw error;
  }
}

/** A release whose pods neither the Deployment nor its Services would select is not accepted. */
function labelRefusals(
  { stable, services }: ServiceObjects,
  { metadata }: V1PodTemplateSpec,
): string[] {
  const selector = stable.deployment.spec?.selector;
  const name = stable.deployment.metadata?.name ?? '';
  const strangers = [
    ...(selector && !matches(selector, metadata?.labels) ? [`Deployment ${name}`] : []),
    ...services
      .filter((service) => !selects(ownSelector(service), metadata?.labels))
      .map((service) => `Service ${service.metadata?.name ?? ''}`),
  ];
  if (strangers.length === 0) return [];
  return [
    `release.patch changes labels by which pods are selected: ${strangers.join(', ')} would not select them; leave those labels as they are`,
  ];
}

function revisionRefusals(objects: ServiceObjects, wanted: number): string[] {
  const kept = keptRevisions(objects).map(({ revision }) => revision);
  if (kept.includes(wanted) || wanted === revisionOf(objects.stable.deployment)) return [];
  const others = kept.length > 0 ? `kept are ${kept.join(', ')}` : 'none is kept';
  return [`revision ${wanted} is not kept: ${others} (revisionHistoryLimit says how many)`];
}
