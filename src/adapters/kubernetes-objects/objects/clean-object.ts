import type {
  KubernetesObject,
  ObjectMetadata,
} from '../../kubernetes-api/dynamic/api-resource.ts';

/** Annotations that a cluster or kubectl writes about one object at one time. */
const passingAnnotations = [
  /^kubectl\.kubernetes\.io\/last-applied-configuration$/,
  /^deployment\.kubernetes\.io\/revision/,
  /^pv\.kubernetes\.io\//,
  /^volume(\.beta)?\.kubernetes\.io\//,
  /^batch\.kubernetes\.io\/job-tracking$/,
  /^endpoints\.kubernetes\.io\//,
  /^control-plane\.alpha\.kubernetes\.io\/leader$/,
];

/** Labels by which a Job of its time finds its pods. */
const jobLabels = [
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
];

type Fields = Record<string, unknown>;

/**
 * An object without what a cluster made of it: what is left can be applied to any cluster. Owners
 * go, as they are named by an ID that no other cluster has.
 */
export function cleanObject(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata, status: _status, ...rest } = object;
  return { apiVersion, kind, metadata: cleanMetadata(metadata), ...cleanBody(kind, rest) };
}

function cleanMetadata({ name, namespace, labels, annotations }: ObjectMetadata): ObjectMetadata {
  const kept = Object.fromEntries(
    Object.entries(annotations ?? {}).filter(
      ([key]) => !passingAnnotations.some((passing) => passing.test(key)),
    ),
  );
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ...(Object.keys(kept).length > 0 && { annotations: kept }),
  };
}

function cleanBody(kind: string, body: Fields): Fields {
  const spec = (body['spec'] ?? {}) as Fields;
  switch (kind) {
    case 'Namespace':
      return {};
    case 'Service':
      return { ...body, spec: cleanService(spec) };
    case 'Pod':
      return { ...body, spec: cleanPod(spec) };
    case 'Job':
      return { ...body, spec: cleanJob(spec) };
    case 'PersistentVolumeClaim':
      return { ...body, spec: without(spec, ['volumeName']) };
    case 'ServiceAccount':
      return without(body, ['secrets']);
    default:
      return body;
  }
}

/** A headless Service stays one. Addresses and ports of nodes are given anew. */
function cleanService(spec: Fields): Fields {
  const isHeadless = spec['clusterIP'] === 'None';
  const ports = spec['ports'] as Fields[] | undefined;
  return {
    ...without(spec, ['clusterIP', 'clusterIPs', 'ipFamilies', 'healthCheckNodePort']),
    ...(isHeadless && { clusterIP: 'None' }),
    ...(ports && { ports: ports.map((port) => without(port, ['nodePort'])) }),
  };
}

/** The token of a service account is mounted anew. */
function cleanPod(spec: Fields): Fields {
  const isToken = ({ name }: Fields) => String(name).startsWith('kube-api-access-');
  const volumes = (spec['volumes'] ?? []) as Fields[];
  const containers = (list: unknown) =>
    ((list ?? []) as Fields[]).map((container) => ({
      ...container,
      volumeMounts: ((container['volumeMounts'] ?? []) as Fields[]).filter(
        (mount) => !isToken(mount),
      ),
    }));
  return {
    ...without(spec, ['nodeName', 'serviceAccount']),
    volumes: volumes.filter((volume) => !isToken(volume)),
    containers: containers(spec['containers']),
    ...(spec['initContainers'] !== undefined && {
      initContainers: containers(spec['initContainers']),
    }),
  };
}

function cleanJob(spec: Fields): Fields {
  if (spec['manualSelector'] === true) return spec;
  const template = (spec['template'] ?? {}) as { metadata?: ObjectMetadata };
  const labels = without(template.metadata?.labels ?? {}, jobLabels);
  return {
    ...without(spec, ['selector', 'manualSelector']),
    template: { ...template, metadata: { ...template.metadata, labels } },
  };
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
