import { kubeconfigPath } from '../credentials.ts';
import type { Daemon, DaemonContext } from './daemon.ts';

/** Acts as the kubelet of fake nodes; pods there are ready as soon as they are scheduled. */
export function kwok({ layout, subnet, programs }: DaemonContext): Daemon {
  return {
    name: 'kwok',
    command: [
      programs.kwok,
      `--kubeconfig=${kubeconfigPath(layout, 'kwok')}`,
      `--config=${programs.kwokStages}`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      // Without leases a fake node counts as dead after 50 s, and so do its pods.
      '--node-lease-duration-seconds=40',
      `--cidr=${subnet.fakePods}`,
      `--node-ip=${subnet.node}`,
      '--server-address=127.0.0.1:10247',
    ],
  };
}
