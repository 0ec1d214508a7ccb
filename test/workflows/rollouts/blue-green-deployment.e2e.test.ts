import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const v2 = {
  release: { version: 'v2', command: ['serve'] },
  analysis: { count: 1 },
  smoke: [],
  warmUp: 'none',
  watch: '2s',
  scaleDownDelay: 0,
};

describe('a blue-green deployment', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;

  beforeAll(async () => {
    env = await devServer();
    bench = await RolloutBench.start(env.client, env.nativeConnection);
  });

  afterAll(async () => {
    await bench.stop();
    await env.teardown();
  });

  it('switches to green, watches it, and keeps the old release as a revision', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, v2, 'blueGreen');
    const report = (await handle.result()) as RolloutReport;
    expect(report).toMatchObject({
      kind: 'blueGreen',
      outcome: 'Promoted',
      details: { version: 'v2' },
    });
    expect(report.details.stages).toMatchObject([{ weight: 100, verdict: { kind: 'pass' } }]);
    const state = bench.platform.state(shop);
    expect(state).toMatchObject({ stable: { release: { version: 'v2' } }, canaryWeight: 0 });
    expect(state.kept).toMatchObject([{ release: { version: 'v1' } }]);
    expect(state.owner).toBeUndefined();
  });

  it('switches back by itself when green fails its watch', async () => {
    const shop = bench.serving();
    bench.platform.traffic.errorRates['v3'] = 0.2;
    const spec = { ...v2, release: { version: 'v3', command: ['serve'] }, watch: '10m' };
    const analysis = { interval: '200ms' };
    const handle = await bench.start(shop, { ...spec, analysis }, 'blueGreen');
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('RolledBack');
    expect(bench.platform.state(shop)).toMatchObject({
      stable: { release: { version: 'v1' } },
      canaryWeight: 0,
    });
    expect(bench.platform.state(shop).canary).toBeUndefined();
  });

  it('tries green and warms it up directly before any caller meets it', async () => {
    const shop = bench.serving();
    const asked: string[] = [];
    const green = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(request.url === '/api' ? 404 : 200).end();
    }).listen(0, '127.0.0.1');
    await once(green, 'listening');
    const url = `http://127.0.0.1:${(green.address() as AddressInfo).port}`;
    const { setWeight, applyCanary } = bench.platform;
    const askedBeforeSwitch: string[] = [];
    bench.platform.applyCanary = async (ref, fence, canary) => {
      const applied = await applyCanary.call(bench.platform, ref, fence, canary);
      if (ref.service === shop.service)
        bench.platform.state(ref).canary?.replicas.forEach((replica) => (replica.url = url));
      return applied;
    };
    bench.platform.setWeight = (ref, fence, weight) => {
      if (ref.service === shop.service) askedBeforeSwitch.push(...asked);
      return setWeight.call(bench.platform, ref, fence, weight);
    };
    const { smoke: _defaults, ...defaults } = v2;
    const warmUp = { path: '/warm', duration: '1s', rate: 20 };
    const handle = await bench.start(shop, { ...defaults, warmUp }, 'blueGreen');
    const report = (await handle.result()) as RolloutReport;
    green.close();
    bench.platform.setWeight = setWeight;
    bench.platform.applyCanary = applyCanary;
    expect(report.outcome).toBe('Promoted');
    expect(new Set(askedBeforeSwitch)).toEqual(new Set(['/health', '/api', '/ready', '/warm']));
    expect(asked.filter((path) => path === '/warm')).toHaveLength(20);
    expect(report.notes).toContain('Warm-up: 20 requests, 0 of them failed');
  });

  it('leaves callers alone when a smoke test fails', async () => {
    const shop = bench.serving();
    const smoke = [{ path: '/health', expect: 200 }];
    const handle = await bench.start(shop, { ...v2, smoke }, 'blueGreen');
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toContain('no ready replica can be asked directly');
    expect(report.details.stages).toMatchObject([{ canaryRequests: 0 }]);
    expect(bench.platform.state(shop).stable?.release.version).toBe('v1');
  });

  it('waits for an approval of the switch', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, approval: { by: ['ana'] } }, 'blueGreen');
    const waiting = await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    expect(waiting.weight).toBe(0);
    await handle.executeUpdate('approve', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
  });

  it('switches back at once while the old release still runs', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, scaleDownDelay: '10m' }, 'blueGreen');
    await bench.until(shop, ({ phase }) => phase === 'keeping');
    await handle.executeUpdate('abort', { args: [{ by: 'ana', why: 'slow checkout' }] });
    expect((await handle.result()) as RolloutReport).toMatchObject({
      outcome: 'Aborted',
      reason: 'Aborted by ana: slow checkout',
    });
    expect(bench.platform.state(shop)).toMatchObject({
      stable: { release: { version: 'v1' } },
      canaryWeight: 0,
    });
  });

  it('stops the old release early when someone promotes', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, scaleDownDelay: '10m' }, 'blueGreen');
    await bench.until(shop, ({ phase }) => phase === 'keeping');
    await handle.executeUpdate('promote', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
  });
});
