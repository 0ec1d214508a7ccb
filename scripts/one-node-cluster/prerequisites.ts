import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ClusterFailed } from './failure.ts';
import { runCommand } from './run-command.ts';

/** Debian's packages, and a program by which each is known to be there. */
const packages = {
  containerd: 'containerd',
  runc: 'runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: 'iptables',
  conntrack: 'conntrack',
  iproute2: 'ip',
  'util-linux': 'nsenter',
} as const;

const oldestGo = [1, 26] as const;
const installLimitMs = 10 * 60_000;

/** Why this machine cannot have a cluster; empty when it can (packages are installed on the way). */
export async function obstacles(): Promise<string[]> {
  if (process.platform !== 'linux') return ['a cluster needs Linux: its node is this machine'];
  return [
    ...(process.getuid?.() === 0 ? [] : ['a cluster needs root: namespaces, mounts and iptables']),
    ...(await goObstacle()),
    ...((await isThere('apt-get')) ? [] : await missing()),
  ];
}

/** Installs what is missing. Throws ClusterFailed with everything that stands in the way. */
export async function ensurePrerequisites(say: (line: string) => void): Promise<void> {
  const found = await obstacles();
  if (found.length > 0) {
    throw new ClusterFailed(['This machine cannot have a cluster:', ...found].join('\n  '));
  }
  const names = await missing();
  if (names.length === 0) return;
  say(`installing the packages ${names.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, limitMs: installLimitMs };
  await runCommand(['apt-get', 'update', '-q'], options);
  await runCommand(['apt-get', 'install', '-qy', '--no-install-recommends', ...names], options);
}

async function missing(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, program] of Object.entries(packages)) {
    if (!(await isThere(program))) names.push(name);
  }
  return names;
}

async function goObstacle(): Promise<string[]> {
  const [major, minor] = oldestGo;
  const advice = `Go ${major}.${minor} or newer builds the cluster's programs`;
  if (!(await isThere('go'))) return [`${advice}: there is no go on the PATH`];
  const said = await runCommand(['go', 'env', 'GOVERSION']);
  const match = /^go(\d+)\.(\d+)/.exec(said);
  const isNewEnough =
    Number(match?.[1]) > major || (Number(match?.[1]) === major && Number(match?.[2]) >= minor);
  return isNewEnough ? [] : [`${advice}: this is ${said.trim()}`];
}

async function isThere(program: string): Promise<boolean> {
  const folders = program.startsWith('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const found = await access(join(folder, program)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
