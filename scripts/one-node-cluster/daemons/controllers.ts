import { kubeconfigPath, signingKeyPath } from '../credentials.ts';
import type { Daemon, DaemonContext } from './daemon.ts';

/** Fast enough that a benchmark measures its subject and not the cluster. */
const unhurried = ['--kube-api-qps=500', '--kube-api-burst=1000', '--leader-elect=false'];

export function controllerManager({ layout, programs }: DaemonContext): Daemon {
  return {
    name: 'kube-controller-manager',
    command: [
      programs['kube-controller-manager'],
      `--kubeconfig=${kubeconfigPath(layout, 'system:kube-controller-manager')}`,
      `--service-account-private-key-file=${signingKeyPath(layout)}`,
      `--root-ca-file=${layout.serverCertificate}`,
      '--bind-address=127.0.0.1',
      '--concurrent-deployment-syncs=20',
      '--concurrent-replicaset-syncs=20',
      '--concurrent-service-endpoint-syncs=20',
      '--concurrent-namespace-syncs=20',
      ...unhurried,
    ],
  };
}

export function scheduler({ layout, programs }: DaemonContext): Daemon {
  return {
    name: 'kube-scheduler',
    command: [
      programs['kube-scheduler'],
      `--kubeconfig=${kubeconfigPath(layout, 'system:kube-scheduler')}`,
      '--bind-address=127.0.0.1',
      ...unhurried,
    ],
  };
}
