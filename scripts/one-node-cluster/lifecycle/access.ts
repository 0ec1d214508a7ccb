import { dirname } from 'node:path';
import { kubeconfigPath } from '../credentials.ts';
import { apiServerUrl, type DaemonContext } from '../daemons/daemon.ts';
import { traefikUrls } from '../daemons/traefik.ts';
import type { ClusterAccess } from './record.ts';

export function accessTo(name: string, { layout, subnet, programs }: DaemonContext): ClusterAccess {
  return {
    name,
    kubeconfig: kubeconfigPath(layout, 'admin'),
    testerKubeconfig: kubeconfigPath(layout, 'tester'),
    apiServerUrl: apiServerUrl(subnet),
    auditLog: layout.auditLog,
    ...traefikUrls(subnet),
    kubectl: dirname(programs.kubectl),
    hostAddress: subnet.host,
    nodeAddress: subnet.node,
    containerdSocket: layout.containerdSocket,
  };
}
