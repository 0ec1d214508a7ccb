import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { TrackFault } from '../../src/specs/chaos/fault.ts';
import { fence, lateMs, openFront as open, startPod } from '../fixtures/front-of-tracks.ts';

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

  it('warns of nothing while it answers', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { front, sendMany } = await open([await startPod()]);
    await front.keep(fence);
    front.injectFault(injection(latency));
    await sendMany(10);
    process.off('warning', note);
    expect(warnings).toEqual([]);
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

  it('has a pod answer that took no connection for a while, and does again', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod]);
    await front.keep(fence);
    await pod.stop();
    await expect.poll(() => front.isReady(), { timeout: 10_000 }).toBe(false);
    pod.server.listen(pod.port, pod.host);
    await once(pod.server, 'listening');
    expect((await send()).status).toBe(200);
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

  it('wants no requests where nobody names the pods of stable any more, and answers those that come without a fault', async () => {
    const pod = await startPod();
    const { front, send } = await open([pod], {}, 1_000);
    await front.keep(fence);
    expect((await send({ connection: 'keep-alive' })).got.connection).toBe('keep-alive');
    await expect.poll(() => front.isReady(), { timeout: 10_000 }).toBe(false);
    // Whoever has kept a connection is answered, and leaves.
    const kept = await send({ connection: 'keep-alive' });
    expect(kept).toMatchObject({ status: 200, got: { connection: 'close' } });
    front.injectFault(injection({ type: 'error', share: 1 }));
    for (let sent = 0; sent < 10; sent += 1) expect((await send()).status).toBe(200);
    await front.upstreams.name([{ host: pod.host, port: pod.port }]);
    expect(front.isReady()).toBe(true);
  });

  it('goes on answering after its end for as long as requests come', async () => {
    const { front, send } = await open([await startPod()]);
    await front.keep(fence);
    front.end('a test');
    await front.retire();
    expect((await send()).status).toBe(200);
    let isQuiet = false;
    const quiet = front.untilQuiet().then(() => (isQuiet = true));
    for (let sent = 0; sent < 15; sent += 1) {
      expect((await send()).status).toBe(200);
      await sleep(300);
    }
    expect(isQuiet).toBe(false);
    await quiet;
  });

  it('takes a caller that leaves in the middle of an upload for no harm of its own', async () => {
    const { front, port, send } = await open([await startPod()]);
    await front.keep(fence);
    for (let sent = 0; sent < 8; sent += 1) {
      const client = connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.end('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
      await once(client.resume(), 'close');
    }
    await sleep(2_500);
    expect((await front.facts()).ended).toBeUndefined();
    expect((await send()).status).toBe(200);
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
