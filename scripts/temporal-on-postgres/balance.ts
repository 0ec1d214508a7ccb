import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * One address for several servers: a connection goes to the first server that accepts it, so it is known
 * which server clients use. If a server dies, its connections end, and new ones go to another server.
 */
export async function balance(port: number, backends: readonly number[]): Promise<Server> {
  const server = createServer((caller) => {
    caller.on('error', () => caller.destroy());
    forward(caller, backends);
  });
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return server;
}

function forward(caller: Socket, [backend, ...others]: readonly number[]): void {
  if (backend === undefined || caller.destroyed) {
    caller.destroy();
    return;
  }
  const server = connect({ port: backend, host: '127.0.0.1' });
  const goOn = () => forward(caller, others);
  server.once('error', goOn);
  server.once('connect', () => {
    server.off('error', goOn);
    server.on('error', () => caller.destroy());
    for (const socket of [caller, server]) socket.setNoDelay(true);
    server.pipe(caller);
    caller.pipe(server);
    server.once('close', () => caller.destroy());
    caller.once('close', () => server.destroy());
  });
}
