import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import type { FaultyNetwork } from '../../../src/specs/chaos/agent-settings.ts';
import { faultsOf } from '../../../src/specs/chaos/fault.ts';

const servedPort = 8080;

/** Answers whoever connects, and sends what was asked for. */
const server = `
require('node:net').createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (asked) => socket.end(Buffer.alloc(Number(asked))));
}).listen(${servedPort}, process.argv[1], () => console.log('listening'));
`;

/** Why there can be no network namespaces here; undefined: there can. */
export function findNoNamespaces(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', ['--net', '--', 'iptables-save'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n')[0]);
}

/** A service in a network namespace of its own, and this host as its peer. Needs root. */
export class ScratchNetwork {
  readonly #tag = Math.random().toString(16).slice(2, 8);
  readonly #namespace = `belay-${this.#tag}`;
  readonly #outside = `b${this.#tag}a`;
  readonly inside = `b${this.#tag}b`;
  readonly peer: string;
  readonly address: string;
  /** Of this host, for what is inside. */
  peerPort = 0;
  #served: ChildProcess | undefined;
  #peer: Server | undefined;

  private constructor() {
    const [a, b] = [Math.floor(Math.random() * 250), Math.floor(Math.random() * 60) * 4];
    this.peer = `10.214.${a}.${b + 1}`;
    this.address = `10.214.${a}.${b + 2}`;
  }

  static async open(): Promise<ScratchNetwork> {
    const network = new ScratchNetwork();
    const { inside } = network;
    run('ip', 'netns', 'add', network.#namespace);
    run(...['ip', 'link', 'add', network.#outside, 'type', 'veth', 'peer', 'name', inside]);
    run('ip', 'link', 'set', inside, 'netns', network.#namespace);
    run('ip', 'addr', 'add', `${network.peer}/30`, 'dev', network.#outside);
    run('ip', 'link', 'set', network.#outside, 'up');
    network.within('ip', 'addr', 'add', `${network.address}/30`, 'dev', inside);
    network.within('ip', 'link', 'set', inside, 'up');
    const peer = createServer((socket) => socket.on('error', () => undefined).end());
    peer.listen(0, network.peer);
    await once(peer, 'listening');
    network.#peer = peer;
    network.peerPort = (peer.address() as { port: number }).port;
    const argv = ['netns', 'exec', network.#namespace, process.execPath, '-e', server];
    const served = spawn('ip', [...argv, network.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    network.#served = served;
    await once(served.stdout, 'data');
    return network;
  }

  get settings(): FaultyNetwork {
    return {
      ...{ name: 'shop', interface: this.inside, namespace: `/run/netns/${this.#namespace}` },
      ...{ peers: [this.peer], ports: [this.peerPort], ownPorts: [servedPort] },
      faults: faultsOf('network'),
    };
  }

  /** Everything that a fault may change of it, by the programs of the host, without what is counted. */
  state(): string {
    const listings = [
      this.within('iptables-save'),
      this.within('ip6tables-save'),
      this.within('tc', 'qdisc', 'show'),
      this.within('tc', 'filter', 'show', 'dev', this.inside),
    ];
    const lines = listings
      .join('\n')
      .replace(/direct_packets_stat \d+/g, '')
      .split('\n');
    return lines.filter((line) => !/^(#|:|\*|COMMIT$|$)/.test(line.trim())).join('\n');
  }

  /** An independent probe, from this host: how long an answer of so many bytes takes; undefined: none. */
  ask(bytes = 1, withinMs = 1_500): Promise<number | undefined> {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const socket = connect({ host: this.address, port: servedPort });
      const end = (ms?: number) => {
        clearTimeout(timer);
        socket.destroy();
        resolve(ms);
      };
      const timer = setTimeout(end, withinMs);
      socket.once('connect', () => socket.write(String(bytes)));
      socket.on('data', () => undefined);
      socket.once('end', () => end(performance.now() - startedAt));
      socket.once('error', () => end());
    });
  }

  within(...argv: string[]): string {
    return run('ip', 'netns', 'exec', this.#namespace, ...argv);
  }

  /** As when a container is removed: nobody holds its namespace any more. */
  removeNamespace(): void {
    this.#served?.kill('SIGKILL');
    run('ip', 'netns', 'del', this.#namespace);
  }

  async close(): Promise<void> {
    this.#served?.kill('SIGKILL');
    spawnSync('ip', ['netns', 'del', this.#namespace]);
    spawnSync('ip', ['link', 'del', this.#outside]);
    await new Promise((resolve) => this.#peer?.close(resolve) ?? resolve(undefined));
  }
}

function run(...[program = '', ...args]: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
