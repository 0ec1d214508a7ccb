/**
 * What `release.patch` may change in a pod template. The right to start a rollout does not include the
 * right to mount Secrets or to get privileges: that needs a setting of the workers.
 */
import type { V1Container, V1EnvVarSource, V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { applyRelease } from './template.ts';

/**
 * Further JSON pointers that a patch may change, including everything below them; `*` stands for any
 * one segment, and `*` alone for everything.
 */
export type PatchScope = readonly string[];

const fields = [
  'args',
  'command',
  'env',
  'image',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
];
const always: PatchScope = ['containers', 'initContainers'].flatMap((list) =>
  fields.map((field) => `/spec/${list}/*/${field}`),
);

const accepted =
  `accepted are ${fields.join(', ')} of containers and initContainers, such as ` +
  '/spec/containers/0/args, and what BELAY_KUBERNETES_PATCH_ALLOW of the workers adds';

/** Like `applyRelease`; also throws `invalid` if the patch changes anything that it may not. */
export function applyReleaseInScope(
  template: V1PodTemplateSpec,
  release: Release,
  scope: PatchScope,
): V1PodTemplateSpec {
  const refused = pathRefusals(release, scope);
  if (refused.length > 0) throw new PlatformError('invalid', refused.join('; '));
  const next = applyRelease(template, release);
  const added = release.patch === undefined ? [] : addedRefusals(template, next, scope);
  if (added.length > 0) throw new PlatformError('invalid', added.join('; '));
  return next;
}

function pathRefusals({ patch = [] }: Release, scope: PatchScope): string[] {
  return patch.flatMap(({ op, path }, index) =>
    [...always, ...scope].some((pattern) => covers(pattern, path))
      ? []
      : [`release.patch[${index}].path: ${op} ${path} is not accepted; ${accepted}`],
  );
}

/** Within an accepted field: the value of another Secret, or a probe of another host. */
function addedRefusals(
  before: V1PodTemplateSpec,
  after: V1PodTemplateSpec,
  scope: PatchScope,
): string[] {
  const known = new Set(reachesOf(before).map(({ what }) => what));
  return reachesOf(after)
    .filter(({ what, path }) => !known.has(what) && !scope.some((one) => covers(one, path)))
    .map(
      ({ what, path }) =>
        `release.patch: ${path} ${what}, which the pod did not before; write a plain value, ` +
        'or change the Deployment itself',
    );
}

interface Reach {
  /** "reads key password of Secret db" */
  what: string;
  path: string;
}

function reachesOf({ spec }: V1PodTemplateSpec): Reach[] {
  const of = (list: 'containers' | 'initContainers') =>
    (spec?.[list] ?? []).flatMap((container, index) =>
      reachesOfContainer(container, `/spec/${list}/${index}`),
    );
  return [...of('initContainers'), ...of('containers')];
}

function reachesOfContainer(container: V1Container, at: string): Reach[] {
  const variables = (container.env ?? []).flatMap(({ valueFrom }, index) =>
    sourcesOf(valueFrom).map((what) => ({ what, path: `${at}/env/${index}/valueFrom` })),
  );
  const probes = (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) => {
    const { httpGet, tcpSocket } = container[name] ?? {};
    const host = httpGet?.host ?? tcpSocket?.host;
    const way = httpGet ? 'httpGet' : 'tcpSocket';
    return host
      ? [{ what: `sends requests to host ${host}`, path: `${at}/${name}/${way}/host` }]
      : [];
  });
  return [...variables, ...probes];
}

interface SourceRef {
  name?: string;
  key?: string;
}

/** The fields and resources of the pod itself are not secret to it. */
function sourcesOf(source: V1EnvVarSource | undefined): string[] {
  const { fieldRef: _own, resourceFieldRef: _alsoOwn, ...others } = source ?? {};
  return Object.entries(others as Record<string, SourceRef | null>).flatMap(([kind, of]) =>
    of ? [`reads key ${of.key ?? ''} of ${titles[kind] ?? kind} ${of.name ?? ''}`] : [],
  );
}

const titles: Record<string, string> = { secretKeyRef: 'Secret', configMapKeyRef: 'ConfigMap' };

function covers(pattern: string, path: string): boolean {
  if (pattern === '*') return true;
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.every((segment, index) =>
    segment === '*' ? isKey(given[index]) : segment === given[index],
  );
}

/** Without the properties that every JavaScript object inherits. */
function isKey(segment: string | undefined): boolean {
  return segment !== undefined && !['__proto__', 'constructor', 'prototype'].includes(segment);
}
