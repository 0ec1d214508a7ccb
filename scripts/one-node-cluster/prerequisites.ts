import { SetupFailed } from '../programs/failure.ts';
import { goObstacle } from '../programs/go-obstacle.ts';
import { isThere } from '../programs/is-there.ts';
import { runCommand } from '../programs/run-command.ts';

/** Debian packages, each with a program that shows whether it is installed. */
const packages = {
  containerd: 'containerd',
  runc: 'runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: 'iptables',
  conntrack: 'conntrack',
  iproute2: 'ip',
  'util-linux': 'nsenter',
} as const;

const installLimitMs = 10 * 60_000;

/** Why this machine cannot run a cluster; empty if it can (missing packages are installed). */
export async function obstacles(): Promise<string[]> {
  if (process.platform !== 'linux') return ['a cluster needs Linux: its node is this machine'];
  return [
    ...(process.getuid?.() === 0 ? [] : ['a cluster needs root: namespaces, mounts and iptables']),
    ...(await goObstacle()),
    ...((await isThere('apt-get')) ? [] : await missing()),
  ];
}

/** Installs what is missing. Throws SetupFailed with every obstacle. */
export async function ensurePrerequisites(log: (line: string) => void): Promise<void> {
  const found = await obstacles();
  if (found.length > 0) {
    throw new SetupFailed(['This machine cannot have a cluster:', ...found].join('\n  '));
  }
  const names = await missing();
  if (names.length === 0) return;
  log(`installing the packages ${names.join(', ')} with apt-get`);
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
