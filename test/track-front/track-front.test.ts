import { once } from 'node:events';
import { createServer, request as ask, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrackFault } from '../../src/specs/chaos/fault.ts';
import { Front } from '../../src/local-platform/router/front.ts';
import { TrackFront } from '../../src/track-front/track-front.ts';

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
  stop(): Promise<unknown>;
}

async function startPod(): Promise<Pod> {
  const seen: IncomingHttpHeaders[] = [];
  const server: Server = createServer(({ headers }, response) => {
    seen.push(headers);
    response.end('v1');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  closing.push(stop);
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, seen, stop };
}

async function open(pods: readonly Pod[], more: Partial<typeof order> = {}) {
  const front = new TrackFront({ order: { ...order, ...more }, version: 'v1' });
  await front.upstreams.name(pods.map(({ host, port }) => ({ host, port })));
  const clients = new Front((request, response) => front.answer(request, response));
  const port = await clients.listen(0);
  closing.push(async () => {
    await clients.close();
    await front.stop();
  });
  const send = (headers: Record<string, string> = {}) =>
    new Promise<{ status: number; tookMs: number }>((resolve, reject) => {
      const sentMs = performance.now();
      const sent = ask({ port, host: '127.0.0.1', headers }, (response) => {
        response.resume().on('end', () => {
          resolve({ status: response.statusCode ?? 0, tookMs: performance.now() - sentMs });
        });
      });
      sent.on('error', reject).end();
    });
  const sendMany = (count: number) => Promise.all(Array.from({ length: count }, () => send()));
  return { front, send, sendMany };
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
    expect(await front.ended).toBe('nobody keeps it any more');
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
});
