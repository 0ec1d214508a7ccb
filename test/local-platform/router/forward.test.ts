import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ConnectFirstAgent } from '../../../src/local-platform/router/connect-first-agent.ts';
import { forward } from '../../../src/local-platform/router/forward.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function deadPort(): Promise<number> {
  const port = await serve(() => undefined);
  const server = servers.pop();
  server?.close();
  return port;
}

test('a request that was refused a connection is still whole for the next replica', async () => {
  const agent = new ConnectFirstAgent();
  const dead = await deadPort();
  const live = await serve((request, response) => request.pipe(response));
  const outcomes: string[] = [];
  const router = await serve((request, response) => {
    (async () => {
      for (const port of [dead, dead, live]) {
        outcomes.push(await forward(request, response, { port, agent }));
      }
    })().catch(() => response.destroy());
  });

  const body = 'x'.repeat(1_000_000);
  const answer = await fetch(`http://127.0.0.1:${router}`, { method: 'POST', body });
  expect(await answer.text()).toBe(body);
  expect(outcomes).toEqual(['not-connected', 'not-connected', 'answered']);
  agent.destroy();
});

test('connections to a replica are reused, and their headers are not passed to the client', async () => {
  const agent = new ConnectFirstAgent();
  const ports = new Set<number | undefined>();
  const live = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.setHeader('keep-alive', 'timeout=1').end('ok');
  });
  const router = await serve((request, response) => {
    forward(request, response, { port: live, agent }).catch(() => response.destroy());
  });
  for (let count = 0; count < 5; count += 1) {
    const answer = await fetch(`http://127.0.0.1:${router}`);
    expect(await answer.text()).toBe('ok');
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=1');
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});
