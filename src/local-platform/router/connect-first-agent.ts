import { Agent, type ClientRequestArgs } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** No connection was made: nothing of the request has been sent, or even read. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

/** Shorter than services keep idle connections, so that none is reused while its other end closes it. */
const idleLimitMs = 1_000;
const connectLimitMs = 5_000;

/** Gives a request its socket only when that is connected, so that a refused request can be sent elsewhere. */
export class ConnectFirstAgent extends Agent {
  constructor({ keepAlive = true } = {}) {
    super({ keepAlive, timeout: idleLimitMs });
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): null {
    const socket: Socket = connect({ ...(options as NetConnectOpts), timeout: connectLimitMs });
    const onTimeout = () => socket.destroy(new Error('no connection within the time limit'));
    const onError = (error: Error) =>
      callback?.(new NotConnected(error.message, { cause: error }), socket);
    socket.once('timeout', onTimeout);
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('timeout', onTimeout);
      socket.off('error', onError);
      socket.setTimeout(idleLimitMs);
      callback?.(null, socket);
    });
    return null;
  }
}
