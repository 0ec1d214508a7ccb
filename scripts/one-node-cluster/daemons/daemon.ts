import type { ClusterLayout } from '../layout.ts';
import type { Programs } from '../programs/programs.ts';
import type { Subnet } from '../subnet.ts';

/** One of the cluster's processes, to be started in its namespace. */
export interface Daemon {
  name: string;
  command: readonly [string, ...string[]];
  /** With separate folders in place of the machine's; `kubelet` joins containerd's. */
  mounts?: 'own' | 'of containerd';
}

export interface DaemonContext {
  layout: ClusterLayout;
  subnet: Subnet;
  programs: Programs;
}

export const nodeName = 'node';

export function apiServerUrl({ node }: Subnet): string {
  return `https://${node}:6443`;
}
