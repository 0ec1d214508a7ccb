import type { Instance, PostgresClusterFacts } from '../../contracts/recovery/postgres-cluster.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import { annotations } from './names.ts';

interface Synchronous {
  number?: number;
  dataDurability?: string;
  standbyNamesPre?: string[];
  standbyNamesPost?: string[];
}

interface ClusterObject extends KubernetesObject {
  spec?: {
    instances?: number;
    switchoverDelay?: number;
    failoverDelay?: number;
    replica?: { enabled?: boolean; self?: string; primary?: string; source?: string };
    postgresql?: { synchronous?: Synchronous; parameters?: Record<string, string> };
  };
  status?: {
    currentPrimary?: string;
    targetPrimary?: string;
    phase?: string;
    phaseReason?: string;
    readyInstances?: number;
    instanceNames?: string[];
    instancesStatus?: Record<string, string[] | null>;
    instancesReportedState?: Record<string, { timeLineID?: number }>;
    timelineID?: number;
    systemID?: string;
    writeService?: string;
  };
}

interface PodObject extends KubernetesObject {
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

interface SliceObject extends KubernetesObject {
  endpoints?: {
    targetRef?: { kind?: string; name?: string };
    addresses?: string[];
    conditions?: { ready?: boolean };
  }[];
}

export interface ReadCluster {
  cluster: KubernetesObject;
  /** Of the Service for writes. */
  slices: readonly KubernetesObject[];
  /** Absent: the operator is believed. */
  pods?: readonly KubernetesObject[];
  atMs: number;
}

/** As the operator does where the Cluster does not say. */
const defaultSwitchoverDelayS = 3_600;

/** What the objects of one Cluster say, whatever they leave out. */
export function readCluster({ cluster, slices, pods, atMs }: ReadCluster): PostgresClusterFacts {
  const { metadata, spec = {}, status = {} } = cluster as ClusterObject;
  const { currentPrimary, targetPrimary, timelineID, systemID } = status;
  const synchronous = synchronousOf(cluster);
  const follows = followedBy(cluster);
  const operatorVersion = pods?.find(({ metadata: { name } }) => name === currentPrimary)?.metadata
    .annotations?.[annotations.operatorVersion];
  return {
    atMs,
    name: metadata.name,
    resourceVersion: (metadata['resourceVersion'] as string | undefined) ?? '',
    ...(operatorVersion && { operatorVersion }),
    ...(currentPrimary && { currentPrimary }),
    ...(targetPrimary && { targetPrimary }),
    phase: status.phase ?? '',
    ...(status.phaseReason && { phaseReason: status.phaseReason }),
    wanted: spec.instances ?? 1,
    ready: status.readyInstances ?? 0,
    instances: readInstances(cluster, pods),
    ...(timelineID && { timeline: timelineID }),
    ...(systemID && { systemIdentifier: systemID }),
    readWrite: { service: writeServiceOf(cluster), pods: podsOf(slices) },
    isUnreconciled: metadata.annotations?.[annotations.reconciliation] === 'disabled',
    isHibernated: metadata.annotations?.[annotations.hibernation] === 'on',
    ...(follows !== undefined && { follows }),
    switchoverDelayMs: 1_000 * (positive(spec.switchoverDelay) ?? defaultSwitchoverDelayS),
    failoverDelayMs: 1_000 * (spec.failoverDelay ?? 0),
    ...(synchronous !== undefined && { synchronous }),
  };
}

export function writeServiceOf(cluster: KubernetesObject): string {
  const { metadata, status = {} } = cluster as ClusterObject;
  return status.writeService || `${metadata.name}-rw`;
}

function readInstances(
  cluster: KubernetesObject,
  pods: readonly KubernetesObject[] | undefined,
): Instance[] {
  const { metadata, status = {} } = cluster as ClusterObject;
  const listed = Object.entries(status.instancesStatus ?? {}).flatMap(([state, names]) =>
    (names ?? []).map((name) => [name, state] as const),
  );
  const states = new Map(listed);
  const fenced = readFenced(metadata.annotations?.[annotations.fenced]);
  const names = new Set([...(status.instanceNames ?? []), ...states.keys()]);
  return [...names].sort().map((name): Instance => {
    const timeline = status.instancesReportedState?.[name]?.timeLineID;
    const state = states.get(name) ?? 'unlisted';
    const pod = pods?.find((each) => each.metadata.name === name);
    return {
      name,
      state: pods !== undefined && pod === undefined ? 'without a pod' : state,
      isReady: pods === undefined ? state === 'healthy' : pod !== undefined && isReady(pod),
      isFenced: fenced === 'all' || fenced.includes(name),
      ...(timeline && { timeline }),
    };
  });
}

/** What cannot be read may name any of them. */
function readFenced(written: string | undefined): readonly unknown[] | 'all' {
  if (written === undefined || written === '') return [];
  try {
    const names: unknown = JSON.parse(written);
    return Array.isArray(names) && !names.includes('*') ? names : 'all';
  } catch {
    return 'all';
  }
}

function isReady(pod: PodObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  return (pod.status?.conditions ?? []).some(({ type, status }) => {
    return type === 'Ready' && status === 'True';
  });
}

/** The pods that get connections; an address that is of no pod counts by itself. */
function podsOf(slices: readonly SliceObject[]): string[] {
  const names = slices.flatMap(({ endpoints }) =>
    (endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ targetRef, addresses }) => targetRef?.name ?? addresses?.join() ?? ''),
  );
  return [...new Set(names)].sort();
}

/** `enabled` decides where it is written, as in Clusters of before `primary`. */
function followedBy(cluster: KubernetesObject): string | undefined {
  const { metadata, spec = {} } = cluster as ClusterObject;
  const { replica } = spec;
  if (replica === undefined) return undefined;
  const { enabled, self = metadata.name, primary, source = 'another Cluster' } = replica;
  return (enabled ?? primary !== self) ? (primary ?? source) : undefined;
}

/** Values of synchronous_commit with which a commit waits for standbys. */
const waiting = ['on', 'true', 'yes', '1', 'remote_write', 'remote_apply'];

function synchronousOf(cluster: KubernetesObject): PostgresClusterFacts['synchronous'] {
  const { synchronous, parameters = {} } = (cluster as ClusterObject).spec?.postgresql ?? {};
  const { number, dataDurability = 'required' } = synchronous ?? {};
  const { synchronous_commit: commit = 'on' } = parameters;
  if (number === undefined || dataDurability !== 'required') return undefined;
  if (!waiting.includes(commit.trim().toLowerCase())) return undefined;
  const { standbyNamesPre = [], standbyNamesPost = [] } = synchronous ?? {};
  return { number, external: standbyNamesPre.length + standbyNamesPost.length };
}

/** As the operator reads it: 0 is its default. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
