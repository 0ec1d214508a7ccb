import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

describe('a release that takes its place at once', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;
  const rolling = (image: string) => ({
    release: { image },
    readiness: { deadline: '2s' },
    watch: '2s',
    analysis: { count: 1 },
  });

  beforeAll(async () => {
    env = await devServer();
    bench = await RolloutBench.start(env.client, env.nativeConnection);
  });

  afterAll(async () => {
    await bench.stop();
    await env.teardown();
  });

  it.each(['rolling', 'recreate'] as const)('%s: is watched once it is complete', async (how) => {
    const shop = bench.servingOnKubernetes();
    const handle = await bench.start(shop, rolling('shop:v2'), how);
    expect((await handle.result()) as RolloutReport).toMatchObject({
      kind: how,
      outcome: 'Promoted',
      details: { stages: [{ verdict: { kind: 'pass' } }] },
    });
    expect(bench.kubernetes.acts).toContain(how);
    expect(bench.kubernetes.acts.slice(-2)).toEqual(['settle', 'release']);
    expect(bench.kubernetes.state(shop).owner).toBeUndefined();
  });

  it('is undone when it does not get ready in time', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.neverComplete.add('v3');
    const handle = await bench.start(shop, rolling('shop:v3'), 'rolling');
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toContain('no room on any node');
    expect(report.undo.map(({ name, state }) => [name, state])).toEqual([
      ['put the previous release back', 'done'],
      [`release ${shop.service}`, 'done'],
    ]);
    expect(bench.kubernetes.state(shop).stable?.release.version).toBe('v1');
  });

  it('is undone when its metrics fail', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.traffic.errorRates['v5'] = 0.2;
    const analysis = { interval: '200ms' };
    const spec = { ...rolling('shop:v5'), watch: '10m', analysis };
    const handle = await bench.start(shop, spec, 'rolling');
    expect((await handle.result()) as RolloutReport).toMatchObject({ outcome: 'RolledBack' });
    expect(bench.kubernetes.state(shop).stable?.release.version).toBe('v1');
  });
});
