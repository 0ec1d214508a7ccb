import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { PlatformError, type ServiceRef } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';
import type { ClusterApi } from '../../kubernetes-api/cluster-api.ts';
import { canaryNameOf, keptTemplateNameOf } from '../objects/names.ts';
import { matches } from '../../kubernetes-api/objects/selectors.ts';
import { createRouter } from '../routing/create-router.ts';
import { collectServices } from './collect-services.ts';
import { collectWorkloads } from './collect-workloads.ts';
import type { ServiceObjects } from './service-objects.ts';

/** All objects of one service, from the cache. Undefined if its Deployment does not exist. */
export async function collectService(
  api: ClusterApi,
  { service, environment, target }: ServiceRef,
): Promise<ServiceObjects | undefined> {
  if (target.platform !== 'kubernetes') {
    throw new PlatformError('invalid', `a target on ${target.platform} is not on Kubernetes`);
  }
  const workloads = await collectWorkloads(api, service, target);
  if (!workloads) return undefined;
  const { stable, ...canary } = workloads;
  const [services, bounds, autoscaler, kept] = await Promise.all([
    collectServices(api, { service, target, stable, ...canary }),
    collectBounds(api, target.namespace, stable.deployment),
    collectAutoscaler(api, target.namespace, stable.deployment),
    collectKeptTemplate(api, target.namespace, stable.deployment),
  ]);
  return {
    service,
    environment,
    target,
    stable,
    ...canary,
    ...services,
    ...bounds,
    ...autoscaler,
    ...kept,
    ...(await collectRoute(api, target, stable.deployment, services.services)),
  };
}

async function collectRoute(
  api: ClusterApi,
  { router: spec, namespace }: KubernetesTarget,
  { metadata }: V1Deployment,
  services: V1Service[],
): Promise<Pick<ServiceObjects, 'route'>> {
  const router = createRouter(spec, {
    api,
    namespace,
    services: services.map((service) => service.metadata?.name ?? ''),
    canary: canaryNameOf(metadata?.name ?? ''),
    labels: {},
  });
  return router ? { route: { name: router.name, ...(await router.read()) } } : {};
}

/** The objects that limit the pods of a namespace. */
export async function collectBounds(api: ClusterApi, namespace: string, { spec }: V1Deployment) {
  const [budgets, quotas, claims] = await Promise.all([
    api.list('poddisruptionbudgets', namespace),
    api.list('resourcequotas', namespace),
    collectClaims(api, namespace, spec?.template.spec?.volumes ?? []),
  ]);
  const labels = spec?.template.metadata?.labels;
  return {
    budgets: budgets.filter(({ spec: own }) => own?.selector && matches(own.selector, labels)),
    quotas,
    claims,
  };
}

type Volumes = NonNullable<
  NonNullable<NonNullable<V1Deployment['spec']>['template']['spec']>['volumes']
>;

async function collectClaims(api: ClusterApi, namespace: string, volumes: Volumes) {
  const names = volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  const claims = await Promise.all(
    names.map((name) => api.get({ kind: 'persistentvolumeclaims', namespace, name })),
  );
  return claims.filter((claim) => claim !== undefined);
}

export async function collectAutoscaler(
  api: ClusterApi,
  namespace: string,
  { metadata }: V1Deployment,
): Promise<Pick<ServiceObjects, 'autoscaler'>> {
  const autoscalers = await api.list('horizontalpodautoscalers', namespace);
  const autoscaler = autoscalers.find(({ spec }) => {
    const { kind, name } = spec?.scaleTargetRef ?? {};
    return kind === 'Deployment' && name === metadata?.name;
  });
  return autoscaler ? { autoscaler } : {};
}

/** Only a Deployment that keeps no old ReplicaSets has its previous template elsewhere. */
async function collectKeptTemplate(
  api: ClusterApi,
  namespace: string,
  { metadata, spec }: V1Deployment,
): Promise<Pick<ServiceObjects, 'keptTemplate'>> {
  if (spec?.revisionHistoryLimit !== 0) return {};
  const name = keptTemplateNameOf(metadata?.name ?? '');
  const keptTemplate = await api.get({ kind: 'controllerrevisions', namespace, name });
  return keptTemplate ? { keptTemplate } : {};
}
