import { connect, isIPv6, type Socket } from 'node:net';
import type { RefuseDestination } from '../../contracts/kernel/reach.ts';
import { checkedLookup } from '../http/checked-lookup.ts';
import { DestinationRefused } from '../http/destination-refused.ts';

/** Connects to a mail server, or throws DestinationRefused before anything is sent. */
export function openSmtpSocket(
  { host, port }: { host: string; port: number },
  { refuse, withinMs }: { refuse: RefuseDestination; withinMs: number },
): Promise<Socket> {
  const hostname = isIPv6(host) ? `[${host}]` : host.toLowerCase();
  const destination = { hostname, port };
  const refusal = refuse(destination);
  if (refusal !== undefined) return Promise.reject(new DestinationRefused(refusal));
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup: checkedLookup(destination, refuse) });
    const late = setTimeout(() => {
      socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    }, withinMs);
    socket.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(late);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
