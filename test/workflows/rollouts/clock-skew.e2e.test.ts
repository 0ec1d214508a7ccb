import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const stages = [{ weight: 50, hold: '6s' }];
const analysis = { judge: 'threshold', interval: '500ms', count: 4 };

let env: TestWorkflowEnvironment;
let bench: RolloutBench;

beforeAll(async () => {
  env = await devServer();
  bench = await RolloutBench.start(env.client, env.nativeConnection);
});

afterAll(async () => {
  vi.restoreAllMocks();
  await bench.stop();
  await env.teardown();
});

describe.each([
  ['ahead', 180_000],
  ['behind', -180_000],
])('on a worker whose clock is 3 minutes %s', (direction, skewMs) => {
  beforeEach(() => {
    vi.restoreAllMocks();
    const realNow = Date.now.bind(Date);
    // Activities see this clock. Workflows run in other threads, and have the server's.
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + skewMs);
  });

  it('a good release is held for its time and promoted, and a bad one rolled back', async () => {
    const badVersion = `bad-${direction}`;
    bench.platform.traffic.errorRates[badVersion] = 0.2;
    const [good, bad] = await Promise.all([roll('good'), roll(badVersion)]);

    expect(good).toMatchObject({ outcome: 'Promoted' });
    const [held] = good.details.stages;
    expect(held?.verdict?.kind).toBe('pass');
    expect(held?.measurements.length).toBeGreaterThan(6);
    const heldMs = (held?.leftAtMs ?? 0) - (held?.enteredAtMs ?? 0);
    expect(heldMs).toBeGreaterThan(5_500);
    expect(heldMs).toBeLessThan(60_000);

    expect(bad).toMatchObject({ outcome: 'RolledBack' });
    expect(bad.reason).toMatch(/^at 50 %: error-rate failed/);
  });

  it('a canary that is never ready is given up at its deadline', async () => {
    const version = `never-ready-${direction}`;
    bench.platform.neverReady.add(version);
    const report = await roll(version, { readiness: { deadline: '2s' } });
    expect(report).toMatchObject({ outcome: 'RolledBack' });
    const tookMs = report.endedAtMs - report.startedAtMs;
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(60_000);
  });

  async function roll(version: string, more: object = {}) {
    const shop = bench.serving();
    const release = { version, command: ['serve'] };
    await bench.start(shop, { release, replicas: 2, stages, analysis, ...more });
    return bench.result(shop);
  }
});
