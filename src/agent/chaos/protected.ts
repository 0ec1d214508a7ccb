import { ancestorsOf, readProcess } from './process-facts.ts';

/** Without these, nobody could remove a fault, or reach the host. The kernel keeps 15 characters of a name. */
const protectedNames: ReadonlySet<string> = new Set([
  ...['init', 'systemd', 'systemd-logind', 'systemd-network', 'systemd-udevd', 'dbus-daemon'],
  ...['sshd', 'dropbear', 'NetworkManager', 'temporal', 'temporal-server'],
  // Name services.
  ...['systemd-resolve', 'dnsmasq', 'named', 'unbound', 'coredns', 'nscd', 'nslcd', 'sssd'],
  ...['pdns_recursor', 'avahi-daemon'],
  // Container engines, what holds their containers, and what runs them.
  ...['dockerd', 'docker-proxy', 'containerd', 'containerd-shim', 'runc', 'crun', 'crio', 'conmon'],
  ...['podman', 'cri-dockerd', 'kubelet', 'kube-proxy', 'kube-apiserver', 'etcd'],
  ...['k3s', 'k3s-server', 'k3s-agent', 'rke2', 'lxd', 'incusd'],
]);

export function isProtectedName(name: string): boolean {
  return protectedNames.has(name);
}

/** Why this process is never hit, whatever the settings say; undefined where it may be. */
export function refuseProtected(pid: number): string | undefined {
  const name = readProcess(pid)?.name ?? '';
  const is = `process ${pid} (${name}) is`;
  if (pid === 1) return `${is} the first process of the host`;
  if (pid === process.pid) return `${is} the agent itself`;
  if (ancestorsOf(process.pid).includes(pid)) return `${is} what the agent runs under`;
  if (isProtectedName(name)) return `${is} one that the host or the agent depends on`;
  return undefined;
}
