import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnLogged } from '../../../src/processes/spawn-logged.ts';
import type { Daemon } from '../daemons/daemon.ts';
import { SetupFailed } from '../../programs/failure.ts';
import { privateFolders, type ClusterLayout } from '../layout.ts';
import type { DaemonIdentity } from './record.ts';

/** As on a node that systemd runs: pods may ask to see what is mounted in it later. */
const kubeletFolder = '/var/lib/kubelet';

/** Starts it in the cluster's namespace; it outlives this process. */
export async function startDaemon(
  daemon: Daemon,
  layout: ClusterLayout,
  running: readonly DaemonIdentity[],
): Promise<DaemonIdentity> {
  const command = await inItsMounts(daemon, layout, running);
  // `ip netns exec` would mount /sys again, without the cgroups that the kubelet needs.
  const args = [`--net=${layout.namespaceFile}`, ...command];
  const { pid, startTime } = await spawnLogged('nsenter', args, {
    logFile: join(layout.logs, `${daemon.name}.log`),
  });
  return { name: daemon.name, pid, startTime };
}

/** Every program here replaces itself with the next, so that the process keeps its PID. */
async function inItsMounts(
  { command, mounts }: Daemon,
  layout: ClusterLayout,
  running: readonly DaemonIdentity[],
): Promise<string[]> {
  if (mounts === undefined) return ['--', ...command];
  if (mounts === 'own') return withPrivateFolders(command, layout);
  const containerd = running.find(({ name }) => name === 'containerd');
  if (!containerd) throw new SetupFailed('containerd has to be started before whoever joins it');
  return [`--mount=/proc/${containerd.pid}/ns/mnt`, '--', ...command];
}

/**
 * The mounts end with the last process that uses them. What the machine unmounts is unmounted here too: a
 * deleted namespace must not be kept alive by a mount in here.
 */
async function withPrivateFolders(
  command: readonly string[],
  layout: ClusterLayout,
): Promise<string[]> {
  for (const folder of privateFolders) {
    await mkdir(folder, { recursive: true });
    await mkdir(join(layout.private, folder), { recursive: true });
  }
  const binds = privateFolders.map((folder) => `mount --bind "$1${folder}" "${folder}"`);
  const script = [...binds, `mount --make-shared ${kubeletFolder}`, 'shift', 'exec "$@"'].join(
    ' && ',
  );
  return [
    ...['--', 'unshare', '--mount', '--propagation', 'slave'],
    ...['sh', '-c', script, 'sh', layout.private, ...command],
  ];
}
