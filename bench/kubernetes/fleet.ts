import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { AppsV1Api, KubeConfig, type V1Deployment } from '@kubernetes/client-node';
import { addFakeNodes } from '../../scripts/one-node-cluster/fake-nodes.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import type { ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';
import { runCommand } from '../../scripts/programs/run-command.ts';
import {
  shopDeployment,
  shopRoute,
  shopService,
  type ShopOptions,
} from '../../scripts/one-node-cluster/shop-manifests.ts';
import { until } from '../measures/until.ts';

const replicas = 4;
const podsOfFakeNode = 500;
const limitMs = 300_000;
/** Listing hundreds of Deployments is work for the API server, which is being measured. */
const checkEveryMs = 1_000;

export interface FleetPlan {
  size: number;
  /** Real pods, each behind a route; otherwise fake nodes. */
  real?: boolean;
}

/** Many sample services in one namespace, each with a Deployment and a Service. */
export class Fleet {
  readonly namespace: string;
  readonly services: readonly string[];
  private readonly cluster: ClusterAccess;
  private readonly apps: AppsV1Api;

  private constructor(cluster: ClusterAccess, services: string[]) {
    this.cluster = cluster;
    this.services = services;
    this.namespace = `bench-${randomBytes(4).toString('hex')}`;
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    this.apps = config.makeApiClient(AppsV1Api);
  }

  /** All at v1, with every replica ready. */
  static async deploy(cluster: ClusterAccess, { size, real = false }: FleetPlan): Promise<Fleet> {
    const names = Array.from({ length: size }, (_, index) => `shop-${index + 1}`);
    const fleet = new Fleet(cluster, names);
    // Both releases at the same time, and pods that are still stopping.
    if (!real) await addFakeNodes(cluster, Math.ceil((3 * replicas * size) / podsOfFakeNode));
    await fleet.kubectl(['create', 'namespace', fleet.namespace]);
    await fleet.apply(names.flatMap((name) => fleet.manifests(name, real)));
    await fleet.untilComplete('v1');
    return fleet;
  }

  /** Waits until this release runs on every replica; returns when each service was ready. */
  async untilComplete(version: string): Promise<number[]> {
    const seenAtMs = new Map<string, number>();
    const allRun = async () => {
      const { items } = await this.apps.listNamespacedDeployment({ namespace: this.namespace });
      const nowMs = Date.now();
      for (const deployment of items) {
        const name = deployment.metadata?.name ?? '';
        if (!seenAtMs.has(name) && runs(deployment, version)) seenAtMs.set(name, nowMs);
      }
      return seenAtMs.size === this.services.length;
    };
    await until(`all of ${this.namespace} run ${version}`, allRun, checkEveryMs);
    return [...seenAtMs.values()];
  }

  /** The update without Belay: the Deployments' own rolling update. */
  async setImages(version: string): Promise<void> {
    const image = `shop=${shopImage(version)}`;
    await this.kubectl(['set', 'image', 'deployment', '--all', image, '-n', this.namespace]);
  }

  /** Returns when nothing is left, because the cleanup would be work for the measured cluster. */
  async remove(): Promise<void> {
    await this.kubectl(['delete', 'namespace', this.namespace, '--wait=false']);
    for (let tries = 0; tries < 600 && (await this.isThere()); tries += 1) await sleep(500);
  }

  private async isThere(): Promise<boolean> {
    const args = ['get', 'namespace', this.namespace, '--ignore-not-found', '-o', 'name'];
    return (await this.kubectl(args)).trim() !== '';
  }

  private manifests(name: string, real: boolean): object[] {
    const { namespace } = this;
    // Pods that drain: only then stable shrinks as the canary grows, which costs writes.
    const options: ShopOptions = { name, version: 'v1', replicas, preStopSeconds: 3, fake: !real };
    const path = `/${namespace}/${name}`;
    return [
      shopDeployment(namespace, options),
      shopService(namespace, name),
      ...(real ? [shopRoute({ namespace, name, path })] : []),
    ];
  }

  private async apply(items: object[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items };
    await this.kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(list));
  }

  private kubectl(args: string[], input?: string): Promise<string> {
    const { kubectl, kubeconfig } = this.cluster;
    const command = [join(kubectl, 'kubectl'), `--kubeconfig=${kubeconfig}`, ...args] as const;
    return runCommand(command, { limitMs, ...(input !== undefined && { input }) });
  }
}

function runs({ metadata, spec, status }: V1Deployment, version: string): boolean {
  const isSeen = status?.observedGeneration === metadata?.generation;
  const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
  return (
    spec?.template.spec?.containers[0]?.image === shopImage(version) &&
    isSeen &&
    counts.every((count) => count === spec.replicas)
  );
}
