import type { ClusterAccess } from './lifecycle/record.ts';

/** Lines for a shell to evaluate. */
export function environmentOf(access: ClusterAccess): string {
  const variables = {
    KUBECONFIG: access.kubeconfig,
    BELAY_CLUSTER: access.name,
    BELAY_CLUSTER_API: access.apiServerUrl,
    BELAY_CLUSTER_GATEWAY: access.gatewayUrl,
    BELAY_CLUSTER_INGRESS: access.ingressUrl,
    BELAY_CLUSTER_METRICS: access.traefikMetricsUrl,
    BELAY_CLUSTER_AUDIT_LOG: access.auditLog,
    BELAY_CLUSTER_HOST: access.hostAddress,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...lines, `export PATH=${quote(access.kubectl)}:"$PATH"`].join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
