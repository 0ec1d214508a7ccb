import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterLayout } from '../../../scripts/one-node-cluster/layout.ts';

/** What a cluster has on this machine, as far as its containers are known: see containersOf. */
export function tracesOf(
  name: string,
  nodeAddress: string,
  containers: readonly string[],
): string[] {
  const { folder, namespace } = clusterLayout(name);
  return [
    ...(existsSync(folder) ? [`folder ${folder}`] : []),
    ...lines(['ip', 'netns', 'list']).filter((line) => line.split(' ')[0] === namespace),
    ...lines(['ip', 'route']).filter((line) => line.includes(`via ${nodeAddress} `)),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder) || line.includes(namespace)),
    ...processes().filter(
      (process) => process.includes(`${folder}/`) || containers.some((id) => process.includes(id)),
    ),
    ...cgroups().filter((cgroup) => containers.some((id) => cgroup.endsWith(id))),
  ];
}

/** Ids of the containers that run now. */
export function containersOf(name: string): string[] {
  const tasks = 'state/io.containerd.runtime.v2.task/k8s.io';
  return readdirSync(join(clusterLayout(name).containerd, tasks));
}

function lines([file = '', ...args]: readonly string[]): string[] {
  return execFileSync(file, args, { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim());
}

/** Command line and cgroups of each that is not a zombie. */
function processes(): string[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const cgroup = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
      return command === '' ? [] : [`process ${pid}: ${command} ${cgroup}`];
    } catch {
      return [];
    }
  });
}

function cgroups(): string[] {
  const root = '/sys/fs/cgroup';
  return readdirSync(root).flatMap((hierarchy) => {
    const parent = join(root, hierarchy, 'k8s.io');
    return existsSync(parent) ? readdirSync(parent).map((id) => join(parent, id)) : [];
  });
}
