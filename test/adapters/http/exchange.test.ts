import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { openExchange } from '../../../src/adapters/http/exchange.ts';
import { followRedirects } from '../../../src/adapters/http/follow-redirects.ts';
import type { Destination, RefuseDestination } from '../../../src/contracts/kernel/reach.ts';
import { judgeDestination } from '../../../src/policies/kernel/network/judge-destination.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<{ port: number; sockets: Set<unknown> }> {
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    listener(request, response);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, sockets };
}

const request = () => ({ signal: AbortSignal.timeout(5_000), maxBytes: 1_000 });
const closed: RefuseDestination = (destination, address) =>
  judgeDestination({ loopback: false }, destination, address);

describe('an exchange within bounds', () => {
  test.each(['127.0.0.1', 'localhost', '0.0.0.0', '[::ffff:127.0.0.1]', '2130706433'])(
    'never connects to this machine, written as %s',
    async (host) => {
      const { port, sockets } = await serve((_, response) => response.end('secret'));
      const asked = openExchange(closed)(new URL(`http://${host}:${port}/`), request());
      await expect(asked).rejects.toThrow('is the machine that the worker runs on');
      expect(sockets.size).toBe(0);
    },
  );

  test('judges the address that is connected to, not only the name', async () => {
    const { port, sockets } = await serve((_, response) => response.end('secret'));
    const seen: [Destination, string | undefined][] = [];
    // A name whose owner lets it lead to this machine: nothing is wrong with the name itself.
    const rebound: RefuseDestination = (destination, address) => {
      seen.push([destination, address]);
      return address === undefined ? undefined : closed(destination, address);
    };
    const asked = openExchange(rebound)(new URL(`http://localhost:${port}/`), request());
    await expect(asked).rejects.toThrow('is the machine that the worker runs on');
    expect(seen[1]?.[1]).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(sockets.size).toBe(0);
  });

  test('asks every time anew: a kept connection is of the same judge', async () => {
    const { port, sockets } = await serve((_, response) => response.end('fine'));
    const url = new URL(`http://localhost:${port}/`);
    const open = openExchange();
    await open(url, request());
    await open(url, request());
    expect(sockets.size).toBe(1);
    await expect(openExchange(closed)(url, request())).rejects.toThrow();
    expect(sockets.size).toBe(1);
  });
});

describe('an answer', () => {
  test('is read only so far, and its connection is left', async () => {
    let isLeft = false;
    const { port } = await serve((_, response) => {
      response.on('close', () => (isLeft = true));
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    const answer = await openExchange()(new URL(`http://127.0.0.1:${port}/`), request());
    expect(answer).toMatchObject({ status: 200, isWhole: false });
    expect(answer.body).toHaveLength(1_000);
    await expect.poll(() => isLeft).toBe(true);
  });

  test('that drips ends with the signal', async () => {
    const { port } = await serve((_, response) => {
      const drip = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(drip));
    });
    const slow = { signal: AbortSignal.timeout(150), maxBytes: 1_000 };
    const startedAt = Date.now();
    await expect(openExchange()(new URL(`http://127.0.0.1:${port}/`), slow)).rejects.toThrow();
    expect(Date.now() - startedAt).toBeLessThan(3_000);
  });

  test('on a kept connection that was closed meanwhile is asked for once more', async () => {
    let asked = 0;
    const { port } = await serve((incoming, response) => {
      asked += 1;
      if (asked === 2) incoming.socket.destroy();
      else response.end('fine');
    });
    const exchange = openExchange();
    const url = new URL(`http://127.0.0.1:${port}/`);
    await exchange(url, request());
    expect((await exchange(url, request())).body).toBe('fine');
    expect(asked).toBe(3);
  });
});

describe('a redirect', () => {
  test('within the origin is followed, to another one it is not', async () => {
    const other = await serve((_, response) => response.end('secret'));
    const { port } = await serve((incoming, response) => {
      const location = incoming.url === '/in' ? '/there' : `http://127.0.0.1:${other.port}/`;
      if (incoming.url === '/there') response.end('here');
      else response.writeHead(307, { location }).end();
    });
    const follow = (path: string) =>
      followRedirects(openExchange(), new URL(`http://127.0.0.1:${port}${path}`), request());
    expect((await follow('/in')).body).toBe('here');
    await expect(follow('/out')).rejects.toThrow('redirects to another origin');
    expect(other.sockets.size).toBe(0);
  });
});
