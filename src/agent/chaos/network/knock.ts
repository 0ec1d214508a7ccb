import { connect } from 'node:net';
import { familyOf } from '../../../policies/chaos/network/plan-rules.ts';
import type { NetworkOrder } from '../order.ts';
import type { Namespace } from './namespace.ts';

interface Knock {
  host: string;
  port: number;
}

const withinMs = 1_500;
const times = 3;

/**
 * Opens a few connections to a peer, so that there are packets to which the fault can be done. Returns
 * how long the fastest took; undefined where none was opened, or no single peer and port is known.
 */
export async function knockOnPeer(
  namespace: Namespace,
  { peers, ports }: Pick<NetworkOrder, 'peers' | 'ports'>,
  only: readonly number[] | undefined,
  program: readonly string[],
): Promise<number | undefined> {
  const host = peers.map(singleAddress).find((each) => each !== undefined);
  const [port] = only ?? ports;
  if (host === undefined || port === undefined) return undefined;
  const order: Knock = { host, port };
  const argv = [process.execPath, ...program, 'knock', JSON.stringify(order)];
  const { stdout } = await namespace.run(argv);
  const ms = Number.parseFloat(stdout);
  return Number.isFinite(ms) ? ms : undefined;
}

function singleAddress(peer: string): string | undefined {
  const [address, prefix] = peer.split('/');
  const whole = familyOf(peer) === 'ipv6' ? '128' : '32';
  return prefix === undefined || prefix === whole ? address : undefined;
}

/** What runs in the namespace: prints how many milliseconds the fastest connection took. */
export async function knock(order: Knock): Promise<void> {
  const took = await Promise.all(Array.from({ length: times }, () => connectOnce(order)));
  const answered = took.filter((each) => each !== undefined);
  if (answered.length > 0) process.stdout.write(`${Math.min(...answered).toFixed(1)}\n`);
}

function connectOnce({ host, port }: Knock): Promise<number | undefined> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: withinMs });
    const end = (ms?: number) => {
      socket.destroy();
      resolve(ms);
    };
    socket.once('connect', () => end(performance.now() - startedAt));
    socket.once('timeout', () => end());
    socket.once('error', () => end());
  });
}
