import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import { podAddress, portOf } from '../state/pod-address.ts';
import { isReady } from '../../kubernetes-api/objects/pod-view.ts';
import type { PortRef } from '../state/served-ports.ts';

/** One pod that has counters. */
export interface ScrapeTarget {
  track: Track;
  name: string;
  uid: string;
  /** The start of the container that serves the port; absent if the node does not report it. */
  startedAtMs?: number;
  ready: boolean;
  url: string;
  /** Paths that Belay and the node request themselves. */
  ownPaths: string[];
}

interface Asked extends Pick<KubernetesTarget, 'metrics'> {
  /** Container ports that clients reach. */
  ports: readonly PortRef[];
}

/** Running pods that are not being deleted: a pod that stops takes its counters with it. */
export function scrapeTargets(track: Track, pods: V1Pod[], asked: Asked): ScrapeTarget[] {
  return pods.filter(isRunning).map((pod) => {
    const name = pod.metadata?.name ?? '';
    return {
      track,
      name,
      uid: pod.metadata?.uid ?? name,
      ...startOf(pod, asked),
      ready: isReady(pod),
      url: metricsUrl(pod, asked),
      ownPaths: [asked.metrics.path, ...(pod.spec?.containers ?? []).flatMap(probedPaths)],
    };
  });
}

function isRunning({ metadata, status }: V1Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.podIP !== undefined &&
    (status.containerStatuses ?? []).some(({ state }) => state?.running !== undefined)
  );
}

/** A container declares the port of its metrics; if none does, the pod has one that counts. */
function startOf(pod: V1Pod, { ports, metrics }: Asked): { startedAtMs?: number } {
  const asked = metrics.port ?? portOf(pod, ports);
  const containers = pod.spec?.containers ?? [];
  const { name } =
    containers.find((one) => one.ports?.some(({ containerPort }) => containerPort === asked)) ??
    containers[0] ??
    {};
  const status = pod.status?.containerStatuses?.find((each) => each.name === name);
  const startedAt = status?.state?.running?.startedAt;
  return startedAt === undefined ? {} : { startedAtMs: new Date(startedAt).getTime() };
}

function metricsUrl(pod: V1Pod, { ports, metrics }: Asked): string {
  const address = podAddress(pod, metrics.port ?? portOf(pod, ports));
  if (address !== undefined) return `${address}${metrics.path}`;
  throw new PlatformError(
    'invalid',
    `pod ${pod.metadata?.name ?? ''} declares no container port; write target.metrics.port, the port of ${metrics.path}`,
  );
}

function probedPaths({ livenessProbe, readinessProbe, startupProbe }: V1Container): string[] {
  return [livenessProbe, readinessProbe, startupProbe].flatMap(
    (probe) => probe?.httpGet?.path ?? [],
  );
}
