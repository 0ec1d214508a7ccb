import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  PatchStrategy,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';
import {
  shopDeployment,
  shopIngress,
  shopRoute,
  shopService,
} from '../../scripts/one-node-cluster/shop-manifests.ts';
import { until } from '../measures/until.ts';
import type { Route } from './plan.ts';

/** The parts of a cluster that the trials need. */
export type TrialCluster = Pick<ClusterAccess, 'kubeconfig' | 'gatewayUrl' | 'ingressUrl'>;

export interface ShopPlan {
  namespace: string;
  name: string;
  route: Route;
  preStop: boolean;
}

const replicas = 4;
const preStopSeconds = 3;

/** The sample service at v1, and its addresses. */
export class DeployedShop {
  readonly plan: ShopPlan;
  /** Through the route, if there is one. */
  readonly entrance: string;
  /** The Service's own address, which bypasses every route. */
  readonly direct: string;
  private readonly config: KubeConfig;
  private readonly objects: KubernetesObject[];

  private constructor(
    plan: ShopPlan,
    config: KubeConfig,
    where: { entrance: string; direct: string; objects: KubernetesObject[] },
  ) {
    this.plan = plan;
    this.config = config;
    this.entrance = where.entrance;
    this.direct = where.direct;
    this.objects = where.objects;
  }

  /** Returns when it is complete and answers at every address. */
  static async deploy(cluster: TrialCluster, plan: ShopPlan): Promise<DeployedShop> {
    const { namespace, name, preStop } = plan;
    const config = loadKubeconfig(cluster);
    const options = { name, version: 'v1', replicas, ...(preStop && { preStopSeconds }) };
    const path = `/${namespace}/${name}`;
    const objects = [
      shopDeployment(namespace, options),
      shopService(namespace, name),
      ...routeObjects({ ...plan, path }),
    ];
    for (const object of objects) await apply(config, object);
    const core = config.makeApiClient(CoreV1Api);
    const { spec } = await core.readNamespacedService({ namespace, name });
    const direct = `http://${spec?.clusterIP}`;
    const entrances = { gateway: cluster.gatewayUrl, nginx: cluster.ingressUrl };
    const entrance = plan.route === 'ratio' ? direct : entrances[plan.route] + path;
    const shop = new DeployedShop(plan, config, { entrance, direct, objects });
    await shop.isComplete();
    for (const url of [direct, entrance]) await untilItAnswers(url);
    return shop;
  }

  /** The target in a spec. */
  get target(): object {
    const { route, name, namespace } = this.plan;
    const routers = {
      gateway: { router: { gatewayApi: { route: name } } },
      nginx: { router: { nginx: { ingress: name } } },
      ratio: {},
    };
    return { platform: 'kubernetes', namespace, ...routers[route] };
  }

  /** How often a readiness probe took too long: a sign of an overloaded machine. */
  async slowProbes(): Promise<number> {
    const { namespace, name } = this.plan;
    const core = this.config.makeApiClient(CoreV1Api);
    const { items } = await core.listNamespacedEvent({
      namespace,
      fieldSelector: 'reason=Unhealthy',
    });
    return items
      .filter(({ involvedObject }) => involvedObject.name?.startsWith(`${name}-`))
      .filter(({ message }) => message?.includes('deadline exceeded'))
      .reduce((sum, { count = 1 }) => sum + count, 0);
  }

  async remove(): Promise<void> {
    const api = KubernetesObjectApi.makeApiClient(this.config);
    for (const object of this.objects.toReversed()) await api.delete(object);
  }

  private async isComplete(): Promise<void> {
    const { namespace, name } = this.plan;
    const apps = this.config.makeApiClient(AppsV1Api);
    await until(`${name} is complete`, async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name });
      return status?.availableReplicas === replicas && status.updatedReplicas === replicas;
    });
  }
}

function routeObjects(options: ShopPlan & { path: string }): KubernetesObject[] {
  switch (options.route) {
    case 'gateway':
      return [shopRoute(options)];
    case 'nginx':
      return [shopIngress(options)];
    case 'ratio':
      return [];
  }
}

export function loadKubeconfig({ kubeconfig }: Pick<TrialCluster, 'kubeconfig'>): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}

async function apply(config: KubeConfig, object: KubernetesObject): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(config);
  const { ServerSideApply } = PatchStrategy;
  await api.patch(object, undefined, undefined, 'belay-bench', true, ServerSideApply);
}

const answersInARow = 20;

/** Proxies follow shortly after the objects: one good response may come from the only one that has. */
async function untilItAnswers(url: string): Promise<void> {
  let inARow = 0;
  await until(
    `${url} answers`,
    async () => {
      const isGood = await fetch(url, { headers: { connection: 'close' } }).then(
        ({ ok }) => ok,
        () => false,
      );
      inARow = isGood ? inARow + 1 : 0;
      await sleep(20);
      return inARow >= answersInARow;
    },
    0,
  );
}
