import { once } from 'node:events';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of this machine. */
export interface Listening {
  /** host:port */
  address: string;
  close(): Promise<void>;
}

export async function listen(answer: RequestListener): Promise<Listening> {
  const server: Server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Passes requests on, and calls `onAsked` with each. */
export function listenBefore(
  to: () => string,
  onAsked: (path: string) => void = () => undefined,
): Promise<Listening> {
  return listen((from, answer) => {
    onAsked(from.url ?? '/');
    const { method = 'GET', headers, url = '/' } = from;
    const passed = request(new URL(url, to()), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => from.socket.destroy());
    from.pipe(passed);
  });
}
