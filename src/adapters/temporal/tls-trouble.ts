import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { TemporalEndpoint } from './endpoint.ts';

const answerWithinMs = 2_000;

/**
 * What is wrong with the certificates of either side, which gRPC does not report; undefined if TLS is not
 * the problem. Sends only the handshake.
 */
export async function findTlsTrouble({
  address,
  connectionOptions,
}: Pick<TemporalEndpoint, 'address' | 'connectionOptions'>): Promise<string | undefined> {
  const { tls } = connectionOptions;
  if (!tls) return undefined;
  const socket = connect(handshakeOf(address, tls === true ? {} : tls));
  try {
    await greet(socket);
    return undefined;
  } catch (error) {
    return describe(error as NodeJS.ErrnoException);
  } finally {
    socket.destroy();
  }
}

type TlsSettings = Exclude<
  TemporalEndpoint['connectionOptions']['tls'],
  boolean | null | undefined
>;

function handshakeOf(address: string, tls: TlsSettings): ConnectionOptions {
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair } = tls;
  const servername = serverNameOverride ?? host;
  return {
    host,
    port: Number(port),
    ALPNProtocols: ['h2'],
    ...(isIP(servername) === 0 && { servername }),
    ...(ca && { ca: Buffer.from(ca) }),
    ...(clientCertPair && {
      cert: Buffer.from(clientCertPair.crt),
      key: Buffer.from(clientCertPair.key),
    }),
  };
}

/** Until the server responds: it checks our certificate only after the handshake. */
async function greet(socket: TLSSocket): Promise<void> {
  await once(socket, 'data', { signal: AbortSignal.timeout(answerWithinMs) });
}

function describe({ code, message, name }: NodeJS.ErrnoException): string | undefined {
  const isNetwork = name === 'AbortError' || /^E(CONN|NOT|HOST|TIMED|PIPE|AI)/.test(code ?? '');
  return isNetwork && code !== 'ECONNRESET' ? undefined : `TLS: ${message}`;
}
