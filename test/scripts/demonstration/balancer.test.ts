import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, Balancer } from '../../../scripts/demonstration/chaos/balancer.ts';

const opened: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

async function replica(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function balancerOf(...replicas: string[]): Promise<Balancer> {
  const balancer = await Balancer.start(replicas);
  opened.push(() => balancer.close());
  return balancer;
}

const hangs: RequestListener = () => undefined;
const answers: RequestListener = (_, response) => response.end('ok');

describe('the balancer of the demonstration', () => {
  it('asks the other replica where one hangs, and counts that', async () => {
    const balancer = await balancerOf(await replica(hangs), await replica(answers));
    const given = [await ask(balancer.url, 10_000), await ask(balancer.url, 10_000)];
    expect(given).toEqual(['ok', 'ok']);
    expect(balancer.rescued).toBe(1);
  });

  it('fails where neither answers', async () => {
    const balancer = await balancerOf(await replica(hangs), await replica(hangs));
    expect(await ask(balancer.url, 10_000)).toBeUndefined();
    expect(balancer.rescued).toBe(0);
  });
});
