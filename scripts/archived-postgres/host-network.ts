import { runCommand } from '../programs/run-command.ts';
import type { OwnHost } from './replicated-database.ts';
import { forwardTo, type Forward } from '../programs/forward.ts';

/** Two of them on one machine have different names and subnets. */
export interface NetworkPlace {
  label: string;
  subnet: string;
}

const usualPlace: NetworkPlace = { label: 'host', subnet: '10.213.77' };

/** From where somebody does not reach a host any more, or whom its agent does not. */
export interface Cut {
  /** The agent of the host from Temporal. */
  temporal?: boolean;
  /** The workers from the server of the host. */
  workers?: boolean;
  /** The other hosts from this one, and this one from them. */
  others?: boolean;
}

/** Hosts in network namespaces of their own, on one bridge, of which each can be cut off. Needs root. */
export class HostNetwork {
  readonly hosts: readonly OwnHost[];
  /** Where the Temporal server is for them. */
  readonly temporal: string;
  readonly #forward: Forward;
  readonly #place: NetworkPlace;

  private constructor(hosts: readonly OwnHost[], forward: Forward, place: NetworkPlace) {
    this.#place = place;
    this.hosts = hosts;
    this.temporal = forward.address;
    this.#forward = forward;
  }

  static async open(count: number, temporalPort: number, place = usualPlace): Promise<HostNetwork> {
    const bridge = bridgeOf(place);
    const router = routerOf(place);
    await removeAll(count, place);
    await runCommand(['ip', 'link', 'add', bridge, 'type', 'bridge']);
    await runCommand(['ip', 'addr', 'add', `${router}/24`, 'dev', bridge]);
    await runCommand(['ip', 'link', 'set', bridge, 'up']);
    const hosts: OwnHost[] = [];
    for (let number = 1; number <= count; number += 1) hosts.push(await openHost(number, place));
    return new HostNetwork(hosts, await forwardTo(temporalPort, router), place);
  }

  /** Packets are dropped without an answer, as where a switch fails. */
  async cut(index: number, { temporal, workers, others }: Cut): Promise<void> {
    const port = this.temporal.split(':').at(-1) ?? '';
    const router = routerOf(this.#place);
    if (temporal) {
      await this.#drop(index, ['INPUT', '-s', router, '-p', 'tcp', '--sport', port]);
      await this.#drop(index, ['OUTPUT', '-d', router, '-p', 'tcp', '--dport', port]);
    }
    if (workers) {
      await this.#drop(index, ['INPUT', '-s', router, '-p', 'tcp', '!', '--sport', port]);
    }
    if (!others) return;
    for (const { host } of this.hosts.filter((_, each) => each !== index)) {
      await this.#drop(index, ['INPUT', '-s', host]);
      await this.#drop(index, ['OUTPUT', '-d', host]);
    }
  }

  async heal(): Promise<void> {
    for (const host of this.hosts) await runOn(host, ['iptables', '-F']);
  }

  /** As one whose power is off, seen from everywhere else. */
  async lose(index: number): Promise<void> {
    await this.#link(index, 'down');
  }

  async bringBack(index: number): Promise<void> {
    await this.#link(index, 'up');
  }

  async close(): Promise<void> {
    await this.#forward.close();
    await removeAll(this.hosts.length, this.#place);
  }

  async #link(index: number, state: 'up' | 'down'): Promise<void> {
    await runCommand(['ip', '-n', nameOf(this.#place, index + 1), 'link', 'set', 'eth0', state]);
  }

  async #drop(index: number, rule: readonly string[]): Promise<void> {
    const host = this.hosts[index];
    if (host) await runOn(host, ['iptables', '-A', ...rule, '-j', 'DROP']);
  }
}

async function runOn({ enter }: OwnHost, command: readonly string[]): Promise<void> {
  const [program = '', ...args] = [...enter, ...command];
  await runCommand([program, ...args]);
}

const bridgeOf = ({ label }: NetworkPlace) => `belay-${label}s`;
const routerOf = ({ subnet }: NetworkPlace) => `${subnet}.254`;
const nameOf = ({ label }: NetworkPlace, number: number) => `belay-${label}-${number}`;
const linkOf = ({ label }: NetworkPlace, number: number) => `belay${label}${number}`;

async function openHost(number: number, place: NetworkPlace): Promise<OwnHost> {
  const namespace = nameOf(place, number);
  const host = `${place.subnet}.${number}`;
  const link = linkOf(place, number);
  await runCommand(['ip', 'netns', 'add', namespace]);
  await runCommand([
    ...(['ip', 'link', 'add', link, 'type', 'veth'] as const),
    ...['peer', 'name', 'eth0', 'netns', namespace],
  ]);
  await runCommand(['ip', 'link', 'set', link, 'master', bridgeOf(place), 'up']);
  const inside = ['ip', '-n', namespace] as const;
  await runCommand([...inside, 'link', 'set', 'lo', 'up']);
  await runCommand([...inside, 'addr', 'add', `${host}/24`, 'dev', 'eth0']);
  await runCommand([...inside, 'link', 'set', 'eth0', 'up']);
  return { host, enter: ['ip', 'netns', 'exec', namespace] };
}

/** Also of a run before that was killed. */
async function removeAll(count: number, place: NetworkPlace): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    await runCommand(['ip', 'netns', 'del', nameOf(place, number)]).catch(() => undefined);
    await runCommand(['ip', 'link', 'del', linkOf(place, number)]).catch(() => undefined);
  }
  await runCommand(['ip', 'link', 'del', bridgeOf(place)]).catch(() => undefined);
}
