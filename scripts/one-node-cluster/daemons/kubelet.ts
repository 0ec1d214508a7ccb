import { kubeconfigPath } from '../credentials.ts';
import { nodeName, type Daemon, type DaemonContext } from './daemon.ts';
import { settingsFile } from './settings-file.ts';

/** Accepts the machine as it is: any version of cgroups, with or without swap, a nearly full disk. */
export async function kubelet({ layout, subnet, programs }: DaemonContext): Promise<Daemon> {
  const settings = await settingsFile(layout, 'kubelet.yaml', {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    // The API server has no client certificate; only this namespace can reach the port.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    resolvConf: '',
    maxPods: 500,
    serializeImagePulls: false,
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      'memory.available': '10Mi',
      'nodefs.available': '0.1%',
      'imagefs.available': '0.1%',
    },
    kubeAPIQPS: 500,
    kubeAPIBurst: 1000,
    registryPullQPS: 0,
    shutdownGracePeriod: '0s',
  });
  return {
    name: 'kubelet',
    command: [
      programs.kubelet,
      `--config=${settings}`,
      `--kubeconfig=${kubeconfigPath(layout, 'system:node:node')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${subnet.node}`,
    ],
    mounts: 'of containerd',
  };
}
