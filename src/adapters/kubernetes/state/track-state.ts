import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { ReplicaState, TrackState } from '../../../contracts/rollouts/platform.ts';

import { admittedImages } from '../objects/template.ts';
import { deploymentTrouble } from '../../kubernetes-api/objects/deployment-trouble.ts';
import { podAddress, portOf } from './pod-address.ts';
import { podTrouble } from '../../kubernetes-api/objects/pod-trouble.ts';
import { isReady, restartsOf } from '../../kubernetes-api/objects/pod-view.ts';
import { releaseOf } from './release-of.ts';
import type { PortRef } from './served-ports.ts';
import type { Workload } from './service-objects.ts';

interface TrackView {
  template: V1PodTemplateSpec | undefined;
  wanted: number | undefined;
  trouble: string | undefined;
  pods: V1Pod[];
  /** Container ports that clients reach. */
  ports: readonly PortRef[];
  /** The names of pods that receive requests. */
  serving: ReadonlySet<string>;
}

/** How a Deployment is seen as a track, whose pods may be some of its own. */
export function deploymentView({
  deployment,
  replicaSets,
}: Pick<Workload, 'deployment' | 'replicaSets'>): Pick<
  TrackView,
  'template' | 'wanted' | 'trouble'
> {
  return {
    template: deployment.spec?.template,
    wanted: deployment.spec?.replicas,
    trouble: deploymentTrouble(deployment, replicaSets),
  };
}

/** The pods of one track, and why it does not have more. */
export function trackState({
  template = {},
  wanted = 1,
  trouble,
  pods,
  ports,
  serving,
}: TrackView): TrackState {
  const rewritten = admittedImages(template);
  return {
    release: releaseOf(template),
    wanted,
    replicas: pods.map((pod) => replicaState(pod, { template, ports, serving })),
    ...(trouble !== undefined && { trouble }),
    ...(rewritten.length > 0 && { rewritten }),
  };
}

interface ReplicaView {
  template: V1PodTemplateSpec;
  ports: readonly PortRef[];
  serving: ReadonlySet<string>;
}

function replicaState(pod: V1Pod, { template, ports, serving }: ReplicaView): ReplicaState {
  const name = pod.metadata?.name ?? '';
  const url = podAddress(pod, portOf(pod, ports));
  const trouble = podTrouble(pod, template.spec?.volumes);
  return {
    name,
    serving: serving.has(name),
    ...(url !== undefined && { url }),
    ready: isReady(pod),
    restarts: restartsOf(pod),
    ...(trouble !== undefined && { trouble }),
  };
}

/** Why a workload is not complete, with pods named: the first reason found. */
export function workloadTrouble({ deployment, replicaSets, pods }: Workload): string | undefined {
  const volumes = deployment.spec?.template.spec?.volumes;
  const ofPods = pods.flatMap((pod) => {
    const trouble = pod.metadata?.deletionTimestamp ? undefined : podTrouble(pod, volumes);
    return trouble === undefined ? [] : [`pod ${pod.metadata?.name ?? ''}: ${trouble}`];
  });
  const all = [deploymentTrouble(deployment, replicaSets), ...ofPods];
  return (
    all
      .filter((trouble) => trouble !== undefined)
      .slice(0, 3)
      .join('; ') || undefined
  );
}
