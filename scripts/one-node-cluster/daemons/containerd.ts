import { join } from 'node:path';
import { pauseImage } from '../images/names.ts';
import type { Daemon, DaemonContext } from './daemon.ts';
import { settingsFile } from './settings-file.ts';

/** The folder of the CNI plugins in Debian's package. */
const networkPlugins = '/usr/lib/cni';

export async function containerd({ layout, subnet }: DaemonContext): Promise<Daemon> {
  const network = await settingsFile(
    layout,
    'cni/10-pods.conflist',
    JSON.stringify(podNetwork(subnet.pods)),
  );
  const settings = `version = 2
root = "${join(layout.containerd, 'root')}"
state = "${join(layout.containerd, 'state')}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "${layout.containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
disable_tcp_service = true
# Without CAP_SYS_RESOURCE no process may lower its score, and every sandbox would fail.
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${networkPlugins}"
conf_dir = "${join(network, '..')}"
`;
  const file = await settingsFile(layout, 'containerd.toml', settings);
  return { name: 'containerd', command: ['containerd', '--config', file], mounts: 'own' };
}

function podNetwork(range: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods',
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: range }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}
