import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, stopProcess } from '../../../src/processes/identity.ts';
import type { ClusterLayout } from '../layout.ts';

const cgroups = '/sys/fs/cgroup';
const busyLimitMs = 5_000;

/** Ends every container of this cluster, even if its containerd is dead. */
export async function endContainers(layout: ClusterLayout): Promise<void> {
  for (const shim of await shimsOf(layout)) {
    // A container ends with the first of its processes, which is a child of its shim.
    for (const pid of [...(await childrenOf(shim)), shim]) await kill(pid);
  }
  await removeCgroups(layout);
}

async function shimsOf({ containerdSocket }: ClusterLayout): Promise<number[]> {
  const shims: number[] = [];
  for (const pid of await pids()) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = command.split('\0');
    if (program.includes('containerd-shim') && args.includes(containerdSocket)) shims.push(pid);
  }
  return shims;
}

async function pids(): Promise<number[]> {
  const names = await readdir('/proc');
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  return lists.join(' ').split(' ').filter(Boolean).map(Number);
}

async function kill(pid: number): Promise<void> {
  const identity = await identify(pid);
  if (identity) await stopProcess(identity, { graceMs: 0 });
}

/** containerd names a container's cgroup, in every hierarchy, like its state folder. */
async function removeCgroups({ containerd }: ClusterLayout): Promise<void> {
  const tasks = join(containerd, 'state/io.containerd.runtime.v2.task/k8s.io');
  const containers = await readdir(tasks).catch(() => []);
  for (const hierarchy of await readdir(cgroups).catch(() => [])) {
    const parent = join(cgroups, hierarchy, 'k8s.io');
    for (const container of containers) await removeOnceEmpty(join(parent, container));
    // Another cluster's containers use it.
    await rmdir(parent).catch(() => undefined);
  }
}

/** A cgroup stays busy until the kernel has removed its killed processes. */
async function removeOnceEmpty(cgroup: string): Promise<void> {
  const deadline = performance.now() + busyLimitMs;
  for (;;) {
    const code = await rmdir(cgroup).then(
      () => 'removed',
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    if (code !== 'EBUSY' || performance.now() > deadline) return;
    await sleep(20);
  }
}
