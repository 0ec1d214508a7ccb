import { readFile, rm } from 'node:fs/promises';
import { runBriefly } from '../../../src/embedded/run-briefly.ts';
import { stopProcess } from '../../../src/processes/identity.ts';
import type { ClusterLayout } from '../layout.ts';
import { closeNetwork } from '../network/close-network.ts';
import { endContainers } from './containers.ts';
import type { ClusterRecord, DaemonIdentity } from './record.ts';

/** Processes that restart others stop first, those that others need stop last. */
const stopFirst = ['traefik', 'kubelet', 'containerd'];
const graceMs = 1_000;

/** Removes processes, containers, mounts, network and files, even of an interrupted start. */
export async function takeDown(
  layout: ClusterLayout,
  record: ClusterRecord | undefined,
): Promise<void> {
  const daemons = record?.daemons ?? [];
  const isFirst = ({ name }: DaemonIdentity) => stopFirst.includes(name);
  await stopAll(daemons.filter(isFirst));
  await endContainers(layout);
  await stopAll(daemons.filter((daemon) => !isFirst(daemon)));
  await unmountBelow(layout.folder);
  await closeNetwork(layout);
  await rm(layout.folder, { recursive: true, force: true, maxRetries: 5 });
}

async function stopAll(daemons: readonly DaemonIdentity[]): Promise<void> {
  await Promise.all(daemons.map((daemon) => stopProcess(daemon, { graceMs })));
}

/** The mounts that this process sees; those of containerd ended with it. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const points = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const point of points.reverse()) {
    if (point.startsWith(`${folder}/`)) await runBriefly('umount', ['--lazy', point], 10_000);
  }
}
