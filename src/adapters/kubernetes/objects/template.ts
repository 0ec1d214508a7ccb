/** Pod templates: the release in them, and the changes for a canary. */
import { isDeepStrictEqual } from 'node:util';
import { applyPatch } from 'rfc6902';
import type { V1Container, V1EnvVar, V1PodTemplateSpec } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Release } from '../../../specs/rollouts/release.ts';
import { annotations, labels, servingCanary } from './names.ts';

/** The name of a template's release; no longer valid once an image in it has changed. */
export interface ReleaseMark {
  version: string;
  /** As the cluster runs them. */
  images: Record<string, string>;
  /** As they were requested, if admission replaced them. */
  sent?: Record<string, string>;
}

/** What a canary's template has and the release's does not, so that `promotedTemplate` can remove it. */
interface Added {
  preStop: string[];
  graceSeconds?: number;
  /** Labels of the spec, each with the release's own value, or null if the release does not have it. */
  labels?: Record<string, string | null>;
}

/** How long a canary pod keeps serving after its endpoint was removed. */
const drainSeconds = 5;
const defaultGraceSeconds = 30;

/**
 * The template with this release in it. Images are set for named containers, or for the only one, and
 * for the init containers that had the same image; the environment is set for the containers that get
 * an image, or for the only one. Throws `invalid` if the release does not fit the template. Kept
 * revisions are complete and not handled here.
 */
export function applyRelease(template: V1PodTemplateSpec, release: Release): V1PodTemplateSpec {
  const next = structuredClone(withoutHash(template));
  const images = withInitContainers(next, imagesOf(next, release));
  for (const container of containersOf(next)) {
    const image = images[container.name];
    if (image !== undefined) container.image = image;
  }
  for (const container of environmentTakers(next, release, images)) {
    container.env = withEnvironment(container.env ?? [], release.env ?? {});
  }
  patchTemplate(next, release);
  return withReleaseMark(next, release.version);
}

/** The mark of the release in this template; undefined if it is missing or out of date. */
export function readReleaseMark(template: V1PodTemplateSpec): ReleaseMark | undefined {
  const text = template.metadata?.annotations?.[annotations.release];
  if (text === undefined) return undefined;
  try {
    const mark = JSON.parse(text) as ReleaseMark;
    const images = imagesIn(template);
    const names = Object.keys(images);
    return names.every((name) => mark.images[name] === images[name]) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The template with the images that admission set, as seen in `stored`, added to its mark: they run
 * under the name of the requested release.
 */
export function withAdmittedImages(
  template: V1PodTemplateSpec,
  stored: V1PodTemplateSpec,
): V1PodTemplateSpec {
  const mark = readReleaseMark(template);
  const images = imagesIn(stored);
  if (mark === undefined || isDeepStrictEqual(mark.images, images)) return template;
  return withMark(template, { version: mark.version, images, sent: mark.sent ?? mark.images });
}

/** The template with the images that were requested. */
export function withSentImages(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const sent = readReleaseMark(template)?.sent ?? {};
  const next = structuredClone(template);
  for (const container of containersOf(next)) {
    const image = sent[container.name];
    if (image !== undefined) container.image = image;
  }
  return next;
}

/** The images that admission replaced, one line each. */
export function admittedImages(template: V1PodTemplateSpec): string[] {
  const { images = {}, sent = {} } = readReleaseMark(template) ?? {};
  return Object.entries(images).flatMap(([name, image]) =>
    sent[name] === undefined || sent[name] === image
      ? []
      : [`container ${name} runs ${image}: the cluster's admission rewrote ${sent[name]}`],
  );
}

/**
 * The template for the pods of a canary's ReplicaSet: that of the release, so that the Deployment can adopt
 * them. Labels of the spec that the release does not have prevent that.
 */
export function bareCanaryTemplate(
  releaseTemplate: V1PodTemplateSpec,
  canaryHash: string,
  ofSpec: Record<string, string> = {},
): V1PodTemplateSpec {
  const { metadata = {}, ...template } = structuredClone(withoutHash(releaseTemplate));
  const own = metadata.labels ?? {};
  const names = Object.keys(ofSpec).filter((name) => own[name] !== ofSpec[name]);
  const hash = { [labels.templateHash]: canaryHash };
  if (names.length === 0)
    return { ...template, metadata: { ...metadata, labels: { ...own, ...hash } } };
  const added: Added = { preStop: [], labels: ownValues(own, names) };
  return {
    ...template,
    metadata: {
      ...metadata,
      labels: { ...own, ...ofSpec, ...hash },
      annotations: { ...metadata.annotations, [annotations.added]: JSON.stringify(added) },
    },
  };
}

function ownValues(own: Record<string, string>, names: string[]): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, own[name] ?? null]));
}

/**
 * The template for the pods of a canary's Deployment: the release's own labels, those of the spec and
 * Belay's, and for each container without a preStop hook a sleep, because kept-alive connections outlive
 * endpoints.
 */
export function canaryTemplate(
  releaseTemplate: V1PodTemplateSpec,
  workflowId: string,
  ofSpec: Record<string, string> = {},
): V1PodTemplateSpec {
  const template = structuredClone(withoutHash(releaseTemplate));
  const own = template.metadata?.labels;
  const spec = template.spec;
  const bare = (spec?.containers ?? []).filter(({ lifecycle }) => lifecycle?.preStop === undefined);
  for (const container of bare) {
    container.lifecycle = { ...container.lifecycle, preStop: { sleep: { seconds: drainSeconds } } };
  }
  const added: Added = { preStop: bare.map(({ name }) => name) };
  if (spec !== undefined && bare.length > 0) {
    added.graceSeconds = drainSeconds;
    spec.terminationGracePeriodSeconds =
      (spec.terminationGracePeriodSeconds ?? defaultGraceSeconds) + drainSeconds;
  }
  const names = Object.keys(ofSpec);
  if (names.length > 0) {
    added.labels = Object.fromEntries(names.map((name) => [name, own?.[name] ?? null]));
  }
  template.metadata = {
    ...template.metadata,
    labels: { ...own, ...ofSpec, ...servingCanary({ workflowId }) },
    annotations: {
      ...template.metadata?.annotations,
      [annotations.added]: JSON.stringify(added),
    },
  };
  return template;
}

/** The release's template, from a canary's: stable gets it when the canary is promoted. */
export function promotedTemplate(canary: V1PodTemplateSpec): V1PodTemplateSpec {
  const template = structuredClone(withoutHash(canary));
  const { [annotations.added]: text, ...rest } = template.metadata?.annotations ?? {};
  if (text === undefined) return template;
  const added = JSON.parse(text) as Added;
  for (const container of template.spec?.containers ?? []) {
    if (added.preStop.includes(container.name)) removePreStop(container);
  }
  if (template.spec?.terminationGracePeriodSeconds !== undefined) {
    template.spec.terminationGracePeriodSeconds -= added.graceSeconds ?? 0;
  }
  const ofSpec = Object.entries(added.labels ?? {});
  const before = ofSpec.filter((label): label is [string, string] => label[1] !== null);
  const own: string[] = [labels.track, labels.serving, labels.workflow];
  const names = [...own, ...ofSpec.map(([name]) => name)];
  template.metadata = {
    ...template.metadata,
    labels: {
      ...withoutKeys(template.metadata?.labels ?? {}, names),
      ...Object.fromEntries(before),
    },
    annotations: rest,
  };
  return template;
}

/** Whether the template was made to differ from that of a canary that is to be adopted. */
export function isSetAside({ metadata }: V1PodTemplateSpec): boolean {
  return metadata?.annotations?.[annotations.setAside] !== undefined;
}

/** The template as it was before. */
export function withoutSetAside(template: V1PodTemplateSpec): V1PodTemplateSpec {
  if (!isSetAside(template)) return template;
  const { annotations: marks = {}, ...metadata } = template.metadata ?? {};
  const rest = withoutKeys(marks, [annotations.setAside]);
  const isBare = Object.keys(rest).length === 0;
  return { ...template, metadata: { ...metadata, ...(!isBare && { annotations: rest }) } };
}

/** With that label, for the pods of one ReplicaSet. */
export function withHash(
  { metadata, ...template }: V1PodTemplateSpec,
  hash: string,
): V1PodTemplateSpec {
  const own = { ...metadata?.labels, [labels.templateHash]: hash };
  return { ...template, metadata: { ...metadata, labels: own } };
}

/** Without the label that Kubernetes sets on the pods of each ReplicaSet. */
export function withoutHash(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const metadata = template.metadata;
  if (metadata?.labels === undefined) return template;
  return {
    ...template,
    metadata: { ...metadata, labels: withoutKeys(metadata.labels, [labels.templateHash]) },
  };
}

function imagesOf(template: V1PodTemplateSpec, release: Release): Record<string, string> {
  const names = containersOf(template).map(({ name }) => name);
  const problems = Object.keys(release.images ?? {})
    .filter((name) => !names.includes(name))
    .map((name) => `release.images names ${name}, which is not a container of the pod`);
  const [only, ...others] = template.spec?.containers ?? [];
  if (release.image !== undefined && others.length > 0) {
    problems.push('release.image is for pods of one container; write release.images by container');
  }
  if (problems.length > 0) {
    throw new PlatformError('invalid', `${problems.join('; ')}. Containers: ${names.join(', ')}.`);
  }
  const single = release.image !== undefined && only ? { [only.name]: release.image } : {};
  return { ...single, ...release.images };
}

/** An init container also changes if it has the image of a container that changes, and is not named itself. */
function withInitContainers(
  template: V1PodTemplateSpec,
  images: Record<string, string>,
): Record<string, string> {
  const followers = (template.spec?.initContainers ?? []).flatMap(({ name, image }) => {
    const leaders = (template.spec?.containers ?? []).filter((one) => one.image === image);
    const next = [...new Set(leaders.flatMap((leader) => images[leader.name] ?? []))];
    const [only, ...others] = next;
    return only !== undefined && others.length === 0 ? [[name, only] as const] : [];
  });
  return { ...Object.fromEntries(followers), ...images };
}

function environmentTakers(
  template: V1PodTemplateSpec,
  { env }: Release,
  images: Record<string, string>,
): V1Container[] {
  if (env === undefined) return [];
  const containers = template.spec?.containers ?? [];
  if (containers.length === 1) return containers;
  const takers = containers.filter(({ name }) => images[name] !== undefined);
  if (takers.length > 0) return takers;
  throw new PlatformError(
    'invalid',
    'release.env does not say for which container; name its image in release.images',
  );
}

function withEnvironment(present: V1EnvVar[], env: Record<string, string>): V1EnvVar[] {
  const kept = present.map((variable) => {
    const value = env[variable.name];
    return value === undefined ? variable : { name: variable.name, value };
  });
  const added = Object.entries(env).filter(([name]) => !present.some((one) => one.name === name));
  return [...kept, ...added.map(([name, value]) => ({ name, value }))];
}

function patchTemplate(template: V1PodTemplateSpec, { patch = [] }: Release): void {
  const steps = patch.map(({ op, path, value }) =>
    op === 'remove' ? { op, path } : { op, path, value },
  );
  applyPatch(template, steps).forEach((failure, index) => {
    if (failure === null) return;
    throw new PlatformError(
      'invalid',
      `release.patch[${index}] (${steps[index]?.op} ${steps[index]?.path}) does not fit the pod template: ${failure.message}`,
    );
  });
}

function withReleaseMark(template: V1PodTemplateSpec, version: string): V1PodTemplateSpec {
  return withMark(template, { version, images: imagesIn(template) });
}

function withMark(template: V1PodTemplateSpec, mark: ReleaseMark): V1PodTemplateSpec {
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: {
        ...template.metadata?.annotations,
        [annotations.release]: JSON.stringify(mark),
      },
    },
  };
}

function imagesIn(template: V1PodTemplateSpec): Record<string, string> {
  return Object.fromEntries(containersOf(template).map(({ name, image }) => [name, image ?? '']));
}

function containersOf({ spec }: V1PodTemplateSpec): V1Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

function removePreStop(container: V1Container): void {
  const { preStop: _added, ...others } = container.lifecycle ?? {};
  if (Object.keys(others).length > 0) container.lifecycle = others;
  else delete container.lifecycle;
}

function withoutKeys(all: Record<string, string>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));
}
