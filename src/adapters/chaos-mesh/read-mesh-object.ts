import * as z from 'zod';
import type { MeshObject, MeshPod, OutageObject } from '../../contracts/chaos/mesh-faults.ts';
import type { PodOwner } from '../../contracts/chaos/pod-faults.ts';
import { actAnnotation } from '../chaos/made-by.ts';
import { readPod } from '../chaos/read-pod.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

/** The controller of the pod that is hit: `<kind>/<name>/<uid>`. */
const controllerAnnotation = 'belay.dev/chaos-controller';
const pauseAnnotation = 'experiment.chaos-mesh.org/pause';

const record = z.object({
  id: z.string(),
  phase: z.string().optional(),
  events: z
    .array(z.object({ type: z.string().optional(), message: z.string().optional() }))
    .nullish(),
});

const meshObject = z.object({
  spec: z.looseObject({ action: z.string().optional() }).optional(),
  status: z
    .object({
      experiment: z
        .object({
          desiredPhase: z.string().optional(),
          containerRecords: z.array(record).nullish(),
        })
        .optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
    })
    .optional(),
});

/** A Workflow, or a node of one, that begins nothing any more has one of these. */
const finishedBy = ['Accomplished', 'DeadlineExceed', 'Aborted'];

type HitRecord = z.infer<typeof record>;

/** An object of any of its kinds, as the API server lists it. */
export function readMeshObject(kind: string, object: KubernetesObject): MeshObject {
  const { metadata } = object;
  const namespace = metadata.namespace ?? '';
  const { spec = {}, status } = meshObject.parse(object);
  const { records, desired } = experimentOf(object);
  const selected = records.map(({ id }) => id.slice(0, id.indexOf('/')));
  const isOfOnePod = /^Pod.+Chaos$/u.test(kind) && kind !== 'PodChaos';
  const namespaces = isOfOnePod ? [namespace] : [...selectedIn(spec, namespace), ...selected];
  return {
    ...{ kind, namespace, name: metadata.name, namespaces: [...new Set(namespaces)] },
    isDeleting: metadata.deletionTimestamp !== undefined,
    isPaused: isPaused(object),
    ...madeBy(object),
    ...(spec.action !== undefined && { action: spec.action }),
    ...(desired !== undefined && { desired }),
    ...(records.length > 0 && { phases: records.map(({ phase = '' }) => phase) }),
    ...(isOfOnePod && { hasOrders: Object.values(spec).some(isFilledList) }),
    ...(kind.startsWith('Workflow') && {
      isFinished: (status?.conditions ?? []).some(
        (each) => finishedBy.includes(each.type) && each.status === 'True',
      ),
    }),
  };
}

function madeBy({ metadata: { annotations = {} } }: KubernetesObject): { runRef?: string } {
  const act = annotations[actAnnotation];
  return act === undefined ? {} : { runRef: act.slice(0, act.lastIndexOf('/')) };
}

export function controllerAnnotations({ kind, name, uid }: PodOwner): Record<string, string> {
  return { [controllerAnnotation]: `${kind}/${name}/${uid}` };
}

/** Undefined where nobody has written it. */
export function readController({ metadata }: KubernetesObject): PodOwner | undefined {
  const [kind, name, uid] = metadata.annotations?.[controllerAnnotation]?.split('/') ?? [];
  return kind && name && uid ? { kind, name, uid } : undefined;
}

/** The PodChaos of one act, and what it says of this pod. */
export function readOutage(object: KubernetesObject, id: string): OutageObject {
  const { metadata } = object;
  const own = experimentOf(object).records.find((each) => each.id === id);
  const problem = own?.events?.findLast(({ type }) => type === 'Failed')?.message;
  const isSettled = own?.phase === 'Injected' || own?.phase === 'Not Injected';
  return {
    title: `PodChaos ${metadata.namespace}/${metadata.name}`,
    isDeleting: metadata.deletionTimestamp !== undefined,
    ...(own?.phase !== undefined && { phase: own.phase }),
    ...(problem !== undefined && !isSettled && { problem }),
  };
}

/** What it has chosen to hit; undefined where it has not chosen yet. */
export function chosenBy(object: KubernetesObject): string[] | undefined {
  const { records } = experimentOf(object);
  return records.length === 0 ? undefined : records.map(({ id }) => id);
}

export function isPaused({ metadata: { annotations = {} } }: KubernetesObject): boolean {
  return annotations[pauseAnnotation] === 'true';
}

/** Written and taken off by a patch. */
export const paused = { [pauseAnnotation]: 'true' };
export const resumed = { [pauseAnnotation]: null };

function experimentOf(object: KubernetesObject): { records: HitRecord[]; desired?: string } {
  const { desiredPhase, containerRecords } = meshObject.parse(object).status?.experiment ?? {};
  return {
    records: containerRecords ?? [],
    ...(desiredPhase !== undefined && desiredPhase !== '' && { desired: desiredPhase }),
  };
}

/** The namespaces of each `selector` in it, however deep: of targets, and of what a Schedule begins. */
function selectedIn(value: unknown, own: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => selectedIn(each, own));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, within]: [string, unknown]) =>
    key === 'selector' ? namespacesOf(within, own) : selectedIn(within, own),
  );
}

/** A selector that names no namespace is of its own. */
function namespacesOf(selector: unknown, own: string): string[] {
  const { namespaces, pods } = (selector ?? {}) as { namespaces?: unknown; pods?: unknown };
  const named = [
    ...(Array.isArray(namespaces) ? namespaces.map(String) : []),
    ...Object.keys(pods ?? {}),
  ];
  return named.length > 0 ? named : [own];
}

function isFilledList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** Where Chaos Mesh keeps an image; of a long name it keeps the container alone. */
const keptImage = /^chaos-mesh-.+-(?:normal|init)-image$/u;

export function readMeshPod(object: KubernetesObject): MeshPod {
  const { spec, status } = podObject.parse(object);
  const short = [...spec.containers, ...spec.initContainers].flatMap(({ name }) => [
    ...[`${name}-normal`, `${name}-init`],
  ]);
  const written = Object.keys(object.metadata.annotations ?? {});
  return {
    ...readPod(object),
    containers: spec.containers.map(({ name, image }) => {
      const now = status?.containerStatuses?.find((each) => each.name === name);
      const isRunning = now?.state?.running !== undefined;
      const imageId = now?.imageID ?? '';
      return { name, image, isRunning, ...(imageId !== '' && { imageId }) };
    }),
    replaced: written.filter((key) => keptImage.test(key) || short.includes(key)),
  };
}

const container = z.object({ name: z.string(), image: z.string().default('') });

const podObject = z.object({
  spec: z.object({
    containers: z.array(container),
    initContainers: z.array(container).default([]),
  }),
  status: z
    .object({
      containerStatuses: z
        .array(
          z.object({
            name: z.string(),
            imageID: z.string().optional(),
            state: z.object({ running: z.unknown().optional() }).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});
