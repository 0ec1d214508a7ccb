import { ancestorsOf, readProcess } from './process-facts.ts';

/** Without these, nobody could remove a fault, or reach the host. */
const protectedNames: readonly string[] = [
  ...['systemd', 'init', 'sshd', 'dbus-daemon', 'systemd-logind', 'systemd-resolve', 'dnsmasq'],
  ...['dockerd', 'containerd', 'kubelet', 'temporal-server', 'temporal'],
];

/** Why this process is never hit, whatever the settings say; undefined where it may be. */
export function refuseProtected(pid: number): string | undefined {
  const name = readProcess(pid)?.name ?? '';
  const is = `process ${pid} (${name}) is`;
  if (pid === 1) return `${is} the first process of the host`;
  if (pid === process.pid) return `${is} the agent itself`;
  if (ancestorsOf(process.pid).includes(pid)) return `${is} what the agent runs under`;
  if (protectedNames.includes(name)) return `${is} one that the host or the agent depends on`;
  return undefined;
}
