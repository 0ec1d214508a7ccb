import { join } from 'node:path';

/** The folder of all running clusters: it belongs to the machine, not to a checkout. */
export const clustersFolder = '/var/lib/belay-clusters';

/** Where the parts of one cluster keep their files. */
export function clusterLayout(name: string) {
  const folder = join(clustersFolder, name);
  return {
    folder,
    lock: `/run/lock/belay-cluster-${name}.lock`,
    record: join(folder, 'cluster.json'),
    /** Also the namespace's name for `ip netns`. */
    namespace: `belay-${name}`,
    namespaceFile: `/run/netns/belay-${name}`,
    logs: join(folder, 'logs'),
    etcd: join(folder, 'etcd'),
    certificates: join(folder, 'certificates'),
    /** Self-signed, so clients also have to trust it. */
    serverCertificate: join(folder, 'certificates', 'apiserver.crt'),
    credentials: join(folder, 'credentials'),
    settings: join(folder, 'settings'),
    auditLog: join(folder, 'audit.log'),
    containerd: join(folder, 'containerd'),
    containerdSocket: join(folder, 'containerd', 'containerd.sock'),
    /** What this cluster's containerd and kubelet see instead of the machine's own folders. */
    private: join(folder, 'private'),
  } as const;
}

export type ClusterLayout = ReturnType<typeof clusterLayout>;

/** Paths that are built into containerd, CNI and the kubelet, so that two clusters would share them. */
export const privateFolders = [
  '/run/containerd',
  '/run/netns',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
] as const;
