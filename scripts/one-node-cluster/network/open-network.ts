import { SetupFailed } from '../../programs/failure.ts';
import type { ClusterLayout } from '../layout.ts';
import { runCommand } from '../../programs/run-command.ts';
import { slots, subnetOf, type Subnet } from '../subnet.ts';
import { linkName } from './link-name.ts';

/**
 * A network namespace that only this machine can reach, through a link between the two. It has no
 * default route. A slot is taken if its link exists, so that two starts cannot use the same one.
 */
export async function openNetwork({ namespace }: ClusterLayout): Promise<Subnet> {
  await runCommand(['ip', 'netns', 'add', namespace]);
  const subnet = await takeSlot(namespace);
  const { host, node, linkPrefix, services, pods } = subnet;
  const link = linkName(subnet.slot);
  const inside = ['ip', '-n', namespace] as const;
  await runCommand(['ip', 'addr', 'add', `${host}/${linkPrefix}`, 'dev', link]);
  await runCommand(['ip', 'link', 'set', link, 'up']);
  await runCommand([...inside, 'link', 'set', 'lo', 'up']);
  await runCommand([...inside, 'addr', 'add', `${node}/${linkPrefix}`, 'dev', 'eth0']);
  await runCommand([...inside, 'link', 'set', 'eth0', 'up']);
  // kube-proxy redirects requests to a Service before they leave, but only if there is a route.
  await runCommand([...inside, 'route', 'add', services, 'via', host]);
  for (const range of [services, pods])
    await runCommand(['ip', 'route', 'add', range, 'via', node]);
  await runInside(namespace, actAsRouter);
  await runInside(namespace, keepOthersFromKubelet);
  await runInside(namespace, refuseUnknownServices(services));
  return subnet;
}

async function takeSlot(namespace: string): Promise<Subnet> {
  const refusals: string[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    try {
      await runCommand([
        ...(['ip', 'link', 'add', linkName(slot), 'type', 'veth'] as const),
        ...['peer', 'name', 'eth0', 'netns', namespace],
      ]);
      return subnetOf(slot);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new SetupFailed(
    `None of the ${slots} slots for clusters is free (scripts/cluster list): ${refusals.at(-1) ?? ''}`,
  );
}

/**
 * Sends every refusal: by default their number per second is limited, and redirects to the link's other
 * end count among them.
 */
const actAsRouter = [
  'cd /proc/sys/net/ipv4',
  'echo 1 > ip_forward',
  'echo 0 > icmp_ratelimit',
  'echo 0 > conf/all/send_redirects',
  'echo 0 > conf/eth0/send_redirects',
].join(' && ');

/** It trusts every client, and the API server is in the same namespace. */
const keepOthersFromKubelet = 'iptables -A INPUT -i eth0 -p tcp --dport 10250 -j DROP';

/**
 * Refuses what kube-proxy has not redirected: if such packets were dropped, a client that is faster than
 * the rules of a new Service would hang.
 */
function refuseUnknownServices(services: string): string {
  const refuse = `-d ${services} -j REJECT`;
  return `iptables -A FORWARD ${refuse} && iptables -A OUTPUT ${refuse}`;
}

async function runInside(namespace: string, script: string): Promise<void> {
  await runCommand(['ip', 'netns', 'exec', namespace, 'sh', '-c', script]);
}
