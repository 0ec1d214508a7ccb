import { once } from 'node:events';
import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type RequestOptions,
  type Server,
} from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrackFault } from '../../src/specs/chaos/fault.ts';
import { createClients } from '../../src/track-front/clients.ts';
import { TrackFront } from '../../src/track-front/track-front.ts';
import type { NamingLimits } from '../../src/track-front/upstreams.ts';

const lateMs = 1_500;
const fence = { rolloutId: 'run@1', step: 4 };
const order = {
  ...{ fence, share: 0.5, replicas: 1, boundsMs: [lateMs] },
  ...{ keepMs: 60_000, longestMs: 600_000 },
};

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Pod {
  host: string;
  port: number;
  seen: IncomingHttpHeaders[];
  /** As they came: the method, the target, and names and values in turn. */
  raw: string[][];
  server: Server;
  stop(): Promise<unknown>;
}

async function startPod(): Promise<Pod> {
  const seen: IncomingHttpHeaders[] = [];
  const raw: string[][] = [];
  const server: Server = createServer(
    { maxHeaderSize: 64 * 1024 },
    ({ headers, rawHeaders, method = '', url = '' }, response) => {
      seen.push(headers);
      raw.push([method, url, ...rawHeaders]);
      response.end('v1');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  closing.push(stop);
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, seen, raw, server, stop };
}

async function open(
  pods: readonly Pod[],
  more: Partial<typeof order> = {},
  ...naming: [NamingLimits?]
) {
  const front = new TrackFront({ order: { ...order, ...more }, version: 'v1' }, ...naming);
  await front.upstreams.name(pods.map(({ host, port }) => ({ host, port })));
  const clients = createClients(front);
  const port = await clients.listen(0);
  closing.push(async () => {
    await clients.close();
    await front.stop();
  });
  const send = (headers: RequestOptions['headers'] = {}, options: RequestOptions = {}) =>
    new Promise<Answered>((resolve, reject) => {
      const sentMs = performance.now();
      const sent = ask({ port, host: '127.0.0.1', headers, ...options }, (response) => {
        response.resume().on('end', () => {
          const { statusCode: status = 0, headers: got } = response;
          resolve({ status, got, tookMs: performance.now() - sentMs });
        });
      });
      sent.on('error', reject).end();
    });
  const sendMany = (count: number) => Promise.all(Array.from({ length: count }, () => send()));
  return { front, port, send, sendMany };
}

interface Answered {
  status: number;
  got: IncomingHttpHeaders;
  tookMs: number;
}

const injection = (fault: TrackFault, mostRequests = 1_000) => ({
  ...{ fence: { ...fence, step: 5 }, fault, mostRequests },
  ...{ forMs: 30_000, durationMs: 30_000 },
});

const latency: TrackFault = { type: 'latency', delayMs: 2 * lateMs, jitterMs: 0 };

describe('the front of two tracks on Kubernetes', () => {
  it('gets no requests before its run has asked for it, and where no pod of stable answers', async () => {
    const pod = await startPod();
    const { front } = await open([pod]);
    expect(front.isReady()).toBe(false);
    await front.keep({ rolloutId: 'another', step: 9 });
    expect(front.isReady()).toBe(false);
    await front.keep(fence);
    expect(front.isReady()).toBe(true);
    await pod.stop();
    await expect.poll(() => front.isReady(), { timeout: 10_000 }).toBe(false);
  });

  it('delays the requests of the experiment alone, and counts those of both', async () => {
    const { front, sendMany } = await open([await startPod(), await startPod()]);
    await front.keep(fence);
    front.injectFault(injection(latency));
    const answers = await sendMany(60);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const { tracks } = await front.facts();
    const { control, experiment } = tracks!.fault!.since;
    expect(control.requests + experiment.requests).toBe(60);
    expect(experiment.slower).toEqual([experiment.requests]);
    // However busy this machine is, both are as late because of that.
    const [later, usual] = [experiment, control].map(({ took, requests }) => took.sum / requests);
    expect(later! - usual!).toBeGreaterThan(lateMs);
    const disturbed = experiment.requests;
    expect(answers.filter(({ tookMs }) => tookMs > lateMs).length).toBeGreaterThanOrEqual(
      disturbed,
    );
    expect(tracks).toMatchObject({ version: 'v1', isRouted: true, fault: { disturbed } });
    front.removeFault({ ...fence, step: 5 });
    await sendMany(20);
    expect((await front.facts()).tracks?.fault).toMatchObject({ ended: 'removed', disturbed });
  });

  it('answers the requests of neither track, too, and disturbs no more than it may', async () => {
    const { front, sendMany } = await open([await startPod()], { share: 0.25 });
    await front.keep(fence);
    front.injectFault(injection({ type: 'error', share: 1 }, 3));
    const answers = await sendMany(80);
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(3);
    const { tracks } = await front.facts();
    expect(tracks?.fault).toMatchObject({ ended: 'budget', disturbed: 3 });
    const { control, experiment } = tracks!.tallies;
    expect(control.requests + experiment.requests).toBeLessThan(80);
    expect(control.failed).toBe(0);
  });

  it('answers a scrape itself: counters of several pods would be taken for those of one', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod]);
    await front.keep(fence);
    expect((await send({ 'x-prometheus-scrape-timeout-seconds': '10' })).status).toBe(200);
    expect(pod.seen).toEqual([]);
  });

  it('takes another pod where one takes no connection, and leaves the headers of requests as they came', async () => {
    const [gone, pod] = [await startPod(), await startPod()];
    const { front, send } = await open([gone, pod]);
    await front.keep(fence);
    await gone.stop();
    for (let sent = 0; sent < 6; sent += 1) {
      expect((await send({ 'x-forwarded-proto': 'https', host: 'shop.example' })).status).toBe(200);
    }
    const headers = { 'x-forwarded-proto': 'https', host: 'shop.example' };
    expect(pod.seen).toHaveLength(6);
    expect(pod.seen[0]).toMatchObject(headers);
    expect(pod.seen[0]).not.toHaveProperty('x-forwarded-for');
  });

  it('ends by itself where nobody keeps it: the fault first, and requests are answered to the end', async () => {
    const { front, sendMany } = await open([await startPod()], { keepMs: 50 });
    await front.keep(fence);
    front.injectFault(injection({ type: 'error', share: 1 }));
    expect(await front.ended).toBe('nobody has asked for them any more');
    expect(await front.facts()).toEqual({
      isAllowed: true,
      ended: 'nobody has asked for them any more',
    });
    const retiring = front.retire();
    expect(front.isReady()).toBe(false);
    const answers = await sendMany(20);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(() => {
      front.injectFault({ ...injection(latency), fence: { ...fence, step: 6 } });
    }).toThrow('has no tracks here');
    await retiring;
  });

  it('injects nothing for another run, and nothing that was removed before it came', async () => {
    const { front } = await open([await startPod()]);
    await front.keep(fence);
    expect(() => {
      front.injectFault({ ...injection(latency), fence: { rolloutId: 'another', step: 9 } });
    }).toThrow('run another has no tracks here');
    front.removeFault({ ...fence, step: 5 });
    expect(() => {
      front.injectFault(injection(latency));
    }).toThrow('has been removed already');
  });

  it('cannot crash a pod of stable: it is no process of its own', async () => {
    const { front } = await open([await startPod()]);
    await front.keep(fence);
    expect(() => {
      front.injectFault(injection({ type: 'crash' }));
    }).toThrow('no replica of the experiment is a process');
  });

  it('passes on the target and the headers of a request as they came', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod]);
    await front.keep(fence);
    const headers = ['Host', 'shop.example', 'X-Twice', 'one', 'X-Twice', 'two'];
    await send([...headers, 'X-Of-Hop', '1', 'Connection', 'x-of-hop'], {
      ...{ method: 'OPTIONS', path: '*' },
    });
    expect(pod.raw).toEqual([['OPTIONS', '*', ...headers, 'Connection', 'keep-alive']]);
    expect((await send({ 'x-large': 'x'.repeat(40_000) })).status).toBe(200);
  });

  it('answers although a pod has closed the connection that was kept to it, and repeats nothing that may be done once', async () => {
    const pod = await startPod();
    const met = new WeakSet<object>();
    pod.server.prependListener('request', ({ socket }: { socket: { destroy(): void } }) => {
      if (met.has(socket)) socket.destroy();
      met.add(socket);
    });
    const { front, send } = await open([pod]);
    await front.keep(fence);
    for (let sent = 0; sent < 3; sent += 1) expect((await send()).status).toBe(200);
    const post = { method: 'POST', headers: { 'content-length': '0' } };
    expect((await send({}, post)).status).toBe(502);
    expect(pod.raw.filter(([method]) => method === 'POST')).toHaveLength(1);
  });

  it('leads a WebSocket to one pod, and answers requests beside it', async () => {
    const pod = await startPod();
    pod.server.on('upgrade', ({ headers }, socket) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${headers.upgrade}\r\n\r\n`);
      socket.pipe(socket);
      closing.push(async () => Promise.resolve(socket.destroy()));
    });
    const { front, port, send } = await open([pod]);
    await front.keep(fence);
    const client = connect(port, '127.0.0.1');
    closing.push(async () => Promise.resolve(client.destroy()));
    let got = '';
    client.setEncoding('utf8').on('data', (text: string) => (got += text));
    client.write(
      'GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await expect.poll(() => got).toContain('101 Switching Protocols');
    client.write('hello');
    await expect.poll(() => got).toMatch(/hello$/);
    expect((await send()).status).toBe(200);
    expect((await front.facts()).tracks?.isRouted).toBe(true);
  });

  it('wants no requests, and then passes none on, where nobody names the pods of stable any more', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod], {}, { freshMs: 1_000, knownMs: 1_000_000 });
    await front.keep(fence);
    expect((await send({ connection: 'keep-alive' })).got.connection).toBe('keep-alive');
    await expect.poll(() => front.isReady(), { timeout: 10_000 }).toBe(false);
    // Whoever has kept a connection is answered, and leaves.
    const kept = await send({ connection: 'keep-alive' });
    expect(kept).toMatchObject({ status: 200, got: { connection: 'close' } });
    await front.upstreams.name([{ host: pod.host, port: pod.port }]);
    expect(front.isReady()).toBe(true);

    const forgetful = await open([pod], {}, { freshMs: 1, knownMs: 200 });
    await expect.poll(async () => (await forgetful.send()).status, { timeout: 10_000 }).toBe(503);
  });

  it('ends where it loses requests itself, and says so, rather than that the experiment is worse', async () => {
    const pod = await startPod();
    const { front, sendMany } = await open([pod]);
    await front.keep(fence);
    await pod.stop();
    const answers = await sendMany(20);
    expect(answers.every(({ status }) => status >= 502)).toBe(true);
    expect(await front.ended).toMatch(/^no pod of stable answered 20 of the 20 requests/);
    expect(front.isReady()).toBe(false);
  });

  it('ends where what comes is no HTTP', async () => {
    const { front, port } = await open([await startPod()]);
    await front.keep(fence);
    for (let sent = 0; sent < 6; sent += 1) {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => undefined).write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      await once(client.resume(), 'close');
    }
    expect(await front.ended).toMatch(/^no pod of stable answered 6 of the 6 requests/);
  });
});
