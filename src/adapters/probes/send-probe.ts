import { connect } from 'node:net';
import type { Destination, RefuseDestination } from '../../contracts/kernel/reach.ts';
import type { HttpProbe, TcpProbe } from '../../specs/objectives/objective.ts';
import { checkedLookup } from '../http/checked-lookup.ts';
import type { Exchange } from '../http/exchange.ts';

interface ProbeWays {
  exchange: Exchange;
  refuse: RefuseDestination;
}

/** Sends one request. False: it failed, or was not answered as it should be, or not in time. */
export async function sendProbe(
  source: HttpProbe | TcpProbe,
  signal: AbortSignal,
  ways: ProbeWays,
): Promise<boolean> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(source.timeoutMs)]);
  try {
    return source.of === 'tcp'
      ? await sendTcp(source, limited, ways)
      : await sendHttp(source, limited, ways);
  } catch {
    return false;
  }
}

async function sendHttp(
  { url, status: wanted }: HttpProbe,
  signal: AbortSignal,
  { exchange }: ProbeWays,
): Promise<boolean> {
  const { status } = await exchange(new URL(url), { signal, maxBytes: 0 });
  return wanted === undefined ? status >= 200 && status < 400 : status === wanted;
}

function sendTcp(
  { host, port }: TcpProbe,
  signal: AbortSignal,
  { refuse }: ProbeWays,
): Promise<boolean> {
  const destination: Destination = { hostname: host.toLowerCase(), port };
  if (refuse(destination) !== undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup: checkedLookup(destination, refuse) });
    const end = (isGood: boolean) => {
      socket.destroy();
      resolve(isGood);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    signal.addEventListener('abort', () => end(false), { once: true });
  });
}
