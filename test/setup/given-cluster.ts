import { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';

/** What a test run was given to test on. */
export type Given =
  | { kind: 'cluster'; access: Partial<ClusterAccess> }
  /** Why, in a line for the person who wonders about skipped tests. */
  | { kind: 'none'; why: string };

declare module 'vitest' {
  interface ProvidedContext {
    cluster: Given;
  }
}

/** How kind, k3d and minikube name the context of a cluster that may be thrown away. */
const throwAway = /^(kind-|k3d-|minikube$)/;

type Environment = Readonly<Record<string, string | undefined>>;

/** A cluster of the person's own, where this machine cannot have ours. */
export function clusterOfEnvironment(env: Environment, obstacles: readonly string[]): Given {
  const own = env['BELAY_TEST_KUBECONFIG'];
  const usual = env['KUBECONFIG'];
  if (own) return { kind: 'cluster', access: foreignAccess(own, env) };
  if (usual && throwAway.test(contextOf(usual))) {
    return { kind: 'cluster', access: foreignAccess(usual, env) };
  }
  const advice = 'set BELAY_TEST_KUBECONFIG to the kubeconfig of a cluster that may be thrown away';
  return { kind: 'none', why: `${obstacles.join('; ')}; ${advice}` };
}

function foreignAccess(kubeconfig: string, env: Environment): Partial<ClusterAccess> {
  const [gatewayUrl, ingressUrl] = [env['BELAY_TEST_GATEWAY_URL'], env['BELAY_TEST_INGRESS_URL']];
  return {
    kubeconfig,
    apiServerUrl: load(kubeconfig).getCurrentCluster()?.server ?? '',
    ...(gatewayUrl && { gatewayUrl }),
    ...(ingressUrl && { ingressUrl }),
  };
}

function contextOf(kubeconfig: string): string {
  return load(kubeconfig).getCurrentContext();
}

function load(kubeconfig: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return config;
}
