import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { warmUpReplicas } from '../../../../activities/rollouts/support/warm-up.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function warmUp(url: string): Promise<{ requests: number; failed: number }> {
  const spec = { path: '/', durationMs: 200, ratePerSecond: 20 };
  const replica = { name: 'a', ready: true, restarts: 0, url };
  return new MockActivityEnvironment().run(() => warmUpReplicas([replica], spec));
}

describe('a warm-up', () => {
  it('follows no redirect to another host', async () => {
    let isAsked = false;
    const other = await serve((_, response) => {
      isAsked = true;
      response.end();
    });
    const url = await serve((_, response) => response.writeHead(302, { location: other }).end());
    expect(await warmUp(url)).toEqual({ requests: 4, failed: 0 });
    expect(isAsked).toBe(false);
  });

  it('reads no answer without end', async () => {
    let left = 0;
    const url = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more).on('close', () => (left += 1));
      more();
    });
    expect(await warmUp(url)).toEqual({ requests: 4, failed: 0 });
    await expect.poll(() => left).toBe(4);
  });

  it('counts who does not answer', async () => {
    const url = await serve((_, response) => response.writeHead(500).end());
    expect(await warmUp(url)).toEqual({ requests: 4, failed: 4 });
  });
});
