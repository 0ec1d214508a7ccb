import type { Daemon, DaemonContext } from './daemon.ts';

export const etcdClientUrl = 'http://127.0.0.1:2379';
const peerUrl = 'http://127.0.0.1:2380';

/** Its data need not survive a crash of the machine. */
export function etcd({ layout, programs }: DaemonContext): Daemon {
  return {
    name: 'etcd',
    command: [
      programs.etcd,
      `--data-dir=${layout.etcd}`,
      `--listen-client-urls=${etcdClientUrl}`,
      `--advertise-client-urls=${etcdClientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  };
}
