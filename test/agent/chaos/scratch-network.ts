import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { NetworkNamespace } from '../../../scripts/network-namespace/network-namespace.ts';
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

/** A service in a network namespace of its own, and this host as its peer. Needs root. */
export class ScratchNetwork {
  readonly #namespace = NetworkNamespace.open();
  readonly inside = this.#namespace.inside;
  readonly peer = this.#namespace.peer;
  readonly address = this.#namespace.address;
  /** Of this host, for what is inside. */
  peerPort = 0;
  #served: ChildProcess | undefined;
  #peer: Server | undefined;

  static async open(): Promise<ScratchNetwork> {
    const network = new ScratchNetwork();
    const peer = createServer((socket) => socket.on('error', () => undefined).end());
    peer.listen(0, network.peer);
    await once(peer, 'listening');
    network.#peer = peer;
    network.peerPort = (peer.address() as { port: number }).port;
    const argv = ['netns', 'exec', network.#namespace.name, process.execPath, '-e', server];
    const served = spawn('ip', [...argv, network.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    network.#served = served;
    await once(served.stdout, 'data');
    return network;
  }

  get settings(): FaultyNetwork {
    return {
      ...{ name: 'shop', interface: this.inside, namespace: this.#namespace.path },
      ...{ peers: [this.peer], ports: [this.peerPort], ownPorts: [servedPort] },
      faults: faultsOf('network'),
    };
  }

  /** Everything that a fault may change of it, by the programs of the host, without what is counted. */
  state(): string {
    return this.#namespace.state();
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
    return this.#namespace.within(...argv);
  }

  /** As when a container is removed: nobody holds its namespace any more. */
  removeNamespace(): void {
    this.#served?.kill('SIGKILL');
    this.#namespace.close();
  }

  async close(): Promise<void> {
    this.#served?.kill('SIGKILL');
    this.#namespace.close();
    await new Promise((resolve) => this.#peer?.close(resolve) ?? resolve(undefined));
  }
}
