import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const canary = (image: string) => ({
  release: { image },
  analysis: 'none',
  stages: [{ weight: 20, hold: '1s' }],
  readiness: { deadline: '2s' },
});

describe('a release that stable takes over while the canary serves', () => {
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

  it('is promoted, waited for, and only then gets its traffic back from the canary', async () => {
    const shop = bench.servingOnKubernetes();
    const handle = await bench.start(shop, canary('shop:v2'));
    expect((await handle.result()) as RolloutReport).toMatchObject({
      outcome: 'Promoted',
      details: { version: 'v2' },
    });
    expect(bench.kubernetes.acts.slice(-3)).toEqual(['promote', 'settle', 'release']);
    expect(bench.kubernetes.state(shop)).toMatchObject({
      stable: { release: { version: 'v2' } },
      canaryWeight: 0,
    });
  });

  it('waits for a person where stable cannot take it over, and goes on when told to try again', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.neverComplete.add('v3');
    const handle = await bench.start(shop, canary('shop:v3'));
    const stuck = await bench.until(shop, ({ phase }) => phase === 'stuck');
    expect(stuck.now).toContain('no room on any node');
    expect(stuck.accepts).toEqual(['retry', 'abort', 'undo']);
    expect(bench.kubernetes.state(shop)).toMatchObject({ canaryWeight: 100 });
    Object.assign(bench.kubernetes.state(shop).update ?? {}, { complete: true });
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
  });

  it('gets its previous release back when it is aborted after the commit point', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.neverComplete.add('v4');
    const handle = await bench.start(shop, canary('shop:v4'));
    await bench.until(shop, ({ phase }) => phase === 'stuck');
    await handle.executeUpdate('abort', { args: [{ by: 'ana', why: 'v4 is bad' }] });
    const report = (await handle.result()) as RolloutReport;
    expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Aborted by ana: v4 is bad' });
    expect(report.undo.every(({ state }) => state === 'done')).toBe(true);
    const state = bench.kubernetes.state(shop);
    expect(state).toMatchObject({ stable: { release: { version: 'v1' } }, canaryWeight: 0 });
    expect(state.canary).toBeUndefined();
    expect(state.owner).toBeUndefined();
  });

  it('puts back once what others changed, and asks a person when they change it again', async () => {
    const shop = bench.servingOnKubernetes();
    const held = {
      release: { image: 'shop:v6' },
      analysis: 'none',
      stages: [{ weight: 20, hold: '10m' }],
    };
    const handle = await bench.start(shop, held);
    const drift = ['Service shop was unpinned by kubectl-edit'];
    await bench.until(shop, ({ phase }) => phase === 'holding');
    bench.kubernetes.state(shop).drift = drift;
    await bench.until(shop, () => bench.kubernetes.acts.includes('correct drift'));
    expect(bench.kubernetes.state(shop).drift).toBeUndefined();
    bench.kubernetes.state(shop).drift = drift;
    const asked = await bench.until(shop, ({ phase }) => phase === 'inconclusive');
    expect(asked.now).toContain('unpinned by kubectl-edit');
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    const report = (await handle.result()) as RolloutReport;
    expect(report.notes.join()).toContain('their changes were undone: Service shop was unpinned');
  });

  it('waits for a person where others change what stable is to run, and puts it back when told', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.neverComplete.add('v5');
    const handle = await bench.start(shop, canary('shop:v5'));
    await bench.until(shop, ({ phase }) => phase === 'taking-over');
    const state = bench.kubernetes.state(shop);
    state.drift = ['spec.template: Deployment shop was edited; written by gitops'];
    Object.assign(state.update ?? {}, { complete: true });
    const stuck = await bench.until(shop, ({ phase }) => phase === 'stuck');
    expect(stuck.now).toContain('Others changed objects that v5 depends on: spec.template');
    expect(bench.kubernetes.state(shop)).toMatchObject({ canaryWeight: 100 });
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
    expect(bench.kubernetes.acts.slice(-3)).toEqual(['correct drift', 'settle', 'release']);
  });

  it('is not promoted where stable is complete with another release', async () => {
    const shop = bench.servingOnKubernetes();
    bench.kubernetes.neverComplete.add('v7');
    const handle = await bench.start(shop, canary('shop:v7'));
    await bench.until(shop, ({ phase }) => phase === 'taking-over');
    const state = bench.kubernetes.state(shop);
    Object.assign(state.stable ?? {}, { release: { version: 'v1' } });
    Object.assign(state.update ?? {}, { complete: true });
    const stuck = await bench.until(shop, ({ phase }) => phase === 'stuck');
    expect(stuck.now).toContain('stable runs v1, not v7');
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
  });
});
