import type { V1Deployment, V1Service, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { ServiceRef } from '../../../contracts/rollouts/platform.ts';
import type { ColoursSpec, KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { labels } from '../objects/names.ts';
import { selects } from '../../kubernetes-api/objects/selectors.ts';
import { collectAutoscaler, collectBounds } from '../state/collect-service.ts';
import { workloadOf } from '../state/collect-workloads.ts';
import { isBeingDeleted } from '../../kubernetes-api/objects/pod-view.ts';
import type { CanaryBeside, ServiceObjects, Workload } from '../state/service-objects.ts';
import { readColoursRecord, type ColoursRecord } from './colours-record.ts';
import type { FoundColours } from './judge-colours.ts';
import { hasNoSelector, judgeColours } from './judge-colours.ts';

/** All objects of the cluster that a rollout of two colours reads. */
export interface ColoursObjects extends Omit<ServiceObjects, 'canary'> {
  /** The idle colour. */
  canary: Workload & CanaryBeside;
  /** The Service whose selector decides which colour is live; the only one of `services`. */
  chooser: V1Service;
  record?: ColoursRecord;
  /** The Service's selector while each colour is live. */
  selectors: Record<'live' | 'idle', Record<string, string>>;
  /** The namespace's other Services. */
  otherServices: V1Service[];
  /** Of both colours. */
  autoscalers: V2HorizontalPodAutoscaler[];
}

export interface ColoursRef extends Pick<ServiceRef, 'service' | 'environment'> {
  target: KubernetesTarget;
  colours: ColoursSpec;
}

/** The two Deployments and their Service by name, as they are in the cache. */
export async function findColours(
  api: ClusterApi,
  { target: { namespace }, colours: names }: ColoursRef,
): Promise<FoundColours> {
  const [service, blue, green] = await Promise.all([
    api.get({ kind: 'services', namespace, name: names.service }),
    api.get({ kind: 'deployments', namespace, name: names.blue }),
    api.get({ kind: 'deployments', namespace, name: names.green }),
  ]);
  return { namespace, names, service, blue, green };
}

/** Undefined if it is unclear which colour is live: `judgeColours` says why. */
export async function collectColours(
  api: ClusterApi,
  ref: ColoursRef,
): Promise<ColoursObjects | undefined> {
  const found = await findColours(api, ref);
  const roles = rolesOf(found);
  if (roles === undefined) return undefined;
  const { namespace } = ref.target;
  const [replicaSets, pods, services, slices] = await Promise.all([
    api.list('replicasets', namespace),
    api.list('pods', namespace),
    api.list('services', namespace),
    api.list('endpointslices', namespace),
  ]);
  const { chooser, record, selectors } = roles;
  const stable = workloadOf(roles.live, replicaSets, pods);
  const canary = { ...workloadOf(roles.idle, replicaSets, pods), workload: roles.idle };
  const ours = new Set([...stable.pods, ...canary.pods].map(({ metadata }) => metadata?.uid));
  const isChosen = (podLabels?: Record<string, string>) =>
    Object.values(selectors).some((selector) => selects(selector, podLabels));
  return {
    service: ref.service,
    environment: ref.environment,
    target: ref.target,
    ...{ stable, canary, chooser, selectors },
    ...(record && { record }),
    services: [chooser],
    unselective: [],
    otherServices: services.filter((one) => isAnother(one, chooser)),
    endpointSlices: slices.filter(
      ({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === chooser.metadata?.name,
    ),
    otherPods: pods.filter(
      (pod) =>
        !ours.has(pod.metadata?.uid) && !isBeingDeleted(pod) && isChosen(pod.metadata?.labels),
    ),
    ...(await collectBounds(api, namespace, roles.live)),
    autoscalers: await collectAutoscalers(api, namespace, [roles.live, roles.idle]),
  };
}

interface Roles extends Pick<ColoursObjects, 'chooser' | 'selectors'> {
  live: V1Deployment;
  idle: V1Deployment;
  record?: ColoursRecord;
}

/** By the record of the rollout that owns the Service; without one, by the Service's selector. */
function rolesOf(found: FoundColours): Roles | undefined {
  const { service, blue, green } = found;
  const record = readColoursRecord(service?.metadata);
  if (record === undefined || service === undefined) return rolesAtRest(found);
  const named = (name: string) => [blue, green].find((one) => one?.metadata?.name === name);
  const [live, idle] = [named(record.live.name), named(record.idle.name)];
  if (live === undefined || idle === undefined) return undefined;
  const selectors = { live: record.live.selector, idle: record.idle.selector };
  return { chooser: service, selectors, live, idle, record };
}

function rolesAtRest(found: FoundColours): Roles | undefined {
  const verdict = judgeColours(found);
  if (found.service === undefined || verdict.kind === 'refused') return undefined;
  const { live, idle } = verdict;
  const selectors = { live: live.selector, idle: idle.selector };
  return {
    chooser: found.service,
    selectors,
    live: live.deployment,
    idle: idle.deployment,
  };
}

/** Belay's own Services, of rollouts of other kinds, have no clients here. */
function isAnother(service: V1Service, chooser: V1Service): boolean {
  return (
    service.metadata?.uid !== chooser.metadata?.uid &&
    service.metadata?.labels?.[labels.track] === undefined &&
    !hasNoSelector(service)
  );
}

async function collectAutoscalers(
  api: ClusterApi,
  namespace: string,
  deployments: V1Deployment[],
): Promise<V2HorizontalPodAutoscaler[]> {
  const found = await Promise.all(
    deployments.map((deployment) => collectAutoscaler(api, namespace, deployment)),
  );
  return found.flatMap(({ autoscaler }) => autoscaler ?? []);
}
