import { kubeconfigPath } from '../credentials.ts';
import { nodeName, type Daemon, type DaemonContext } from './daemon.ts';
import { settingsFile } from './settings-file.ts';

export async function kubeProxy({ layout, subnet, programs }: DaemonContext): Promise<Daemon> {
  const settings = await settingsFile(layout, 'kube-proxy.yaml', {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: {
      kubeconfig: kubeconfigPath(layout, 'system:kube-proxy'),
      qps: 200,
      burst: 400,
    },
    mode: 'iptables',
    // Requests from outside this range are masqueraded, so that the responses find their way back.
    clusterCIDR: subnet.pods,
    hostnameOverride: nodeName,
    conntrack: { maxPerCore: 0 },
  });
  return { name: 'kube-proxy', command: [programs['kube-proxy'], `--config=${settings}`] };
}
