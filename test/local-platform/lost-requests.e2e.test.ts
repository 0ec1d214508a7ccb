/** What callers notice of acts on a service: nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../../scripts/load/load-client.ts';
import { fencesOf, PlatformProcess, readiness, refTo, shop } from './platform-process.ts';

const platform = new PlatformProcess();
const { adapter } = platform;

beforeAll(() => platform.start());
afterAll(() => platform.clear());

describe.each([
  { callers: 'with keep-alive connections', keepAlive: true },
  { callers: 'with a new connection for each request', keepAlive: false },
])('callers $callers', ({ keepAlive }) => {
  const suffix = keepAlive ? 'kept' : 'new';

  test('lose nothing while a canary takes weight and is promoted', async () => {
    const ref = refTo(`promoted-${suffix}`);
    const { url = '' } = await platform.firstRelease(ref, shop('v1', { LATENCY_MS: '30' }));
    const load = startLoad({ url, ratePerSecond: 80, keepAlive, timeoutMs: 60_000 });
    const fences = fencesOf('r2');
    await adapter.claim(ref, fences.next(), 'rollout/two', 'canary');
    const canary = { release: shop('v2', { LATENCY_MS: '30' }), replicas: 2, readiness };
    await adapter.applyCanary(ref, fences.next(), canary);
    await platform.canaryReady(ref);
    for (const weight of [5, 50, 20, 100]) {
      expect(await adapter.setWeight(ref, fences.next(), weight)).toEqual({
        verified: true,
        weight,
      });
      await answersMore(load, 60);
    }
    await adapter.promoteCanary(ref, fences.next());
    await answersMore(load, 60);

    const counts = await load.stop();
    expect(counts.problems).toEqual([]);
    expect(counts.lost).toBe(0);
    expect(counts.byStatus).toEqual({ 200: counts.sent });
    expect(counts.byVersion['v1']).toBeGreaterThan(20);
    expect(counts.byVersion['v2']).toBeGreaterThan(20);
    const after = await platform.service(ref);
    expect(after.stable?.release.version).toBe('v2');
    expect(after.kept.map(({ release }) => release.version)).toEqual(['v1']);
  });

  test('lose nothing while a canary is scaled, aborted and removed', async () => {
    const ref = refTo(`aborted-${suffix}`);
    const { url = '' } = await platform.firstRelease(ref, shop('v1', { LATENCY_MS: '30' }));
    const load = startLoad({ url, ratePerSecond: 80, keepAlive, timeoutMs: 60_000 });
    const fences = fencesOf('r2');
    await adapter.claim(ref, fences.next(), 'rollout/two', 'canary');
    const release = shop('v2', { LATENCY_MS: '30' });
    await adapter.applyCanary(ref, fences.next(), { release, replicas: 3, readiness });
    await platform.canaryReady(ref);
    await adapter.setWeight(ref, fences.next(), 60);
    await answersMore(load, 60);
    await adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });
    await answersMore(load, 60);
    await adapter.setWeight(ref, fences.next(), 0);
    await adapter.removeCanary(ref, fences.next());
    await answersMore(load, 60);

    const counts = await load.stop();
    expect(counts.problems).toEqual([]);
    expect(counts.lost).toBe(0);
    expect(counts.byVersion['v2']).toBeGreaterThan(20);
    expect((await platform.service(ref)).canary).toBeUndefined();
  });
});

async function answersMore(load: ReturnType<typeof startLoad>, count: number): Promise<void> {
  const answers = () => load.counts.byStatus['200'] ?? 0;
  const goal = answers() + count;
  await expect.poll(answers, { timeout: 60_000 }).toBeGreaterThan(goal);
}
