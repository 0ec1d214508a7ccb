import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

/** One measurement suffices: a busy machine must not turn a healthy hold into an inconclusive one. */
const v2 = {
  release: { version: 'v2', command: ['serve'] },
  replicas: 2,
  analysis: { interval: '200ms', count: 1 },
};
const shortStages = [
  { weight: 20, hold: '1s' },
  { weight: 50, hold: '1s' },
];
const longHold = [{ weight: 20, hold: '10m' }];

describe('a canary deployment', () => {
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

  const resultOf = (service: { service: string; environment: string }) =>
    env.client.workflow
      .getHandle(`rollout/demo/${service.service}`)
      .result() as Promise<RolloutReport>;

  it('promotes a healthy release through every stage and releases the service', async () => {
    const shop = bench.serving();
    await bench.start(shop, { ...v2, stages: shortStages });
    const report = await resultOf(shop);
    expect(report).toMatchObject({
      outcome: 'Promoted',
      details: { version: 'v2', previousVersion: 'v1' },
    });
    expect(report.details.stages.map(({ weight, verdict }) => [weight, verdict?.kind])).toEqual([
      [20, 'pass'],
      [50, 'pass'],
      [100, undefined],
    ]);
    const state = bench.platform.state(shop);
    expect(state.stable?.release.version).toBe('v2');
    expect(state.canary).toBeUndefined();
    expect(state.owner).toBeUndefined();
    expect(bench.reports.map(({ runRef }) => runRef)).toContain(report.runRef);
  });

  it('restores stable by itself when the canary fails its metrics', async () => {
    const shop = bench.serving();
    bench.platform.traffic.errorRates['v3'] = 0.2;
    await bench.start(shop, {
      ...v2,
      release: { version: 'v3', command: ['serve'] },
      stages: longHold,
      analysis: { judge: 'threshold', interval: '200ms' },
    });
    const report = await resultOf(shop);
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(
      /at 20 %: error-rate failed 3 measurements; last: [\d.]+ % is outside at most 1 %/,
    );
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 0 });
    expect(bench.platform.state(shop).canary).toBeUndefined();
    expect(report.undo.map(({ name, state }) => [name, state])).toEqual([
      ['route all traffic to stable', 'done'],
      ['remove the canary', 'done'],
      [`release ${shop.service}`, 'done'],
    ]);
  });

  it('restores stable as soon as the failed requests tell, and says how unlikely luck is', async () => {
    const shop = bench.serving();
    bench.platform.traffic.errorRates['v4'] = 0.2;
    await bench.start(shop, {
      ...v2,
      release: { version: 'v4', command: ['serve'] },
      stages: longHold,
      analysis: { judge: 'sequential', interval: '200ms' },
    });
    const report = await resultOf(shop);
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(
      /at 20 %: error-rate: canary [\d.]+ % of [\d,]+ requests failed, stable 0 % of [\d,]+; a rollout of a good release would show this by chance once in [\d,]+$/,
    );
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 0 });
  });

  it('neither undoes nor promotes a release that is as bad as stable', async () => {
    const ailing = await RolloutBench.start(env.client, env.nativeConnection);
    Object.assign(ailing.platform.traffic.errorRates, { v1: 0.1, v2: 0.1 });
    const shop = ailing.serving();
    const handle = await ailing.start(shop, {
      ...v2,
      stages: [{ weight: 20, hold: '1s' }],
      analysis: { judge: 'sequential', interval: '200ms' },
    });
    const asked = await ailing.until(shop, ({ phase }) => phase === 'inconclusive');
    expect(asked.now).toContain('stable is failing too');
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
    await ailing.stop();
  });

  it('never promotes on silence: without traffic it asks a person, who may promote', async () => {
    const quiet = await RolloutBench.start(env.client, env.nativeConnection);
    quiet.platform.traffic.requestsPerSecond = 0;
    const shop = quiet.serving();
    const handle = await quiet.start(shop, { ...v2, stages: [{ weight: 20, hold: '1s' }] });
    const asked = await quiet.until(shop, ({ phase }) => phase === 'inconclusive');
    expect(asked.now).toContain('the canary received no requests');
    await handle.executeUpdate('promote', { args: [{ by: 'ana', stage: 20 }] });
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('Promoted');
    expect(report.details.stages[0]?.note).toBe('promoted by ana');
    await quiet.stop();
  });

  it('stops the clock on pause and runs the rest of the hold after resume', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: [{ weight: 20, hold: '1s' }] });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await handle.executeUpdate('pause', { args: [{ by: 'ana', why: 'lunch' }] });
    const paused = await bench.until(shop, ({ phase }) => phase === 'paused');
    expect(paused.stages[0]?.holdLeftMs).toBeGreaterThan(0);
    expect(paused.accepts).toContain('resume');
    await expect(handle.executeUpdate('pause', { args: [{}] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('No hold is running') },
    });
    await handle.executeUpdate('resume', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
  });

  it('waits for an approval by someone who may give it', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, {
      ...v2,
      stages: [{ weight: 20, hold: '1s', approval: { by: ['ana', 'bo'] } }],
    });
    await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    const approve = (input: object) => handle.executeUpdate('approve', { args: [input] });
    await expect(approve({})).rejects.toMatchObject({
      cause: { message: expect.stringContaining('needs a name') },
    });
    await expect(approve({ by: 'eve' })).rejects.toMatchObject({
      cause: { message: 'eve is not among those who may approve: ana, bo.' },
    });
    await expect(approve({ by: 'ana', stage: 5 })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('meant for the stage at 5 %') },
    });
    await approve({ by: 'ana@laptop', stage: 20 });
    const report = (await handle.result()) as RolloutReport;
    expect(report.details.stages[0]?.approvedBy).toBe('ana@laptop');
  });

  it.each<[string, object, (handle: WorkflowHandle) => Promise<unknown>]>([
    ['a rejection', {}, (handle) => handle.executeUpdate('reject', { args: [{ by: 'ana' }] })],
    ['its timeout', { timeout: '1s', onTimeout: 'abort' }, () => Promise.resolve()],
  ])('no longer asks for an approval after %s', async (_, limit, end) => {
    const shop = bench.serving();
    const approval = { by: ['ana'], ...limit };
    const handle = await bench.start(shop, {
      ...v2,
      stages: [{ weight: 20, hold: '1s', approval }],
    });
    const asking = await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    expect(asking).toMatchObject({ needsApproval: { by: ['ana'] } });
    expect(asking.stages[0]).toMatchObject({ needsApproval: { by: ['ana'] } });
    await end(handle);
    const report = (await handle.result()) as RolloutReport;
    expect(report.details.stages[0]).not.toHaveProperty('needsApproval');
    expect(await bench.status(shop)).not.toHaveProperty('needsApproval');
  });

  it('undoes everything on abort by signal, and records who and why', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await handle.signal('approve', { by: 'ana' });
    await handle.signal('abort', { by: 'ana', why: 'wrong build' });
    const report = (await handle.result()) as RolloutReport;
    expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Aborted by ana: wrong build' });
    expect(report.people).toMatchObject([
      { verb: 'approve', by: 'ana', ignored: expect.stringContaining('No approval') as string },
      { verb: 'abort', by: 'ana', why: 'wrong build' },
    ]);
    expect(bench.platform.state(shop).canaryWeight).toBe(0);
  });

  it('refuses messages that make no sense and goes on', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    for (const nonsense of [null, 'promote please', { by: 7 }, [1]]) {
      await handle.signal('approve', nonsense);
    }
    await expect(handle.executeUpdate('pause', { args: ['now'] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('the input is "now"') },
    });
    await expect(handle.executeUpdate('deploy', { args: [null, null] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('deploy takes two arguments') },
    });
    await handle.signal('abort', null);
    expect(((await handle.result()) as RolloutReport).reason).toBe('Aborted by someone');
  });

  it('treats a cancelled workflow as an abort and still undoes it', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await handle.cancel();
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
    expect(bench.platform.state(shop).owner).toBeUndefined();
  });

  it('rolls back a release whose replicas never become ready, and says what they said', async () => {
    const shop = bench.serving();
    bench.platform.neverReady.add('v4');
    const handle = await bench.start(shop, {
      ...v2,
      release: { version: 'v4', command: ['serve'] },
      readiness: { deadline: '1s' },
    });
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toContain('cannot find module shop');
  });

  it('makes way for a newer release that asks to supersede, and refuses one that does not', async () => {
    const shop = bench.serving();
    await bench.deploy(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const v5 = {
      ...v2,
      release: { version: 'v5', command: ['serve'] },
      stages: [{ weight: 50, hold: '1s' }],
    };
    await expect(bench.deploy(shop, v5)).rejects.toMatchObject({
      cause: { type: 'AlreadyRunning' },
    });
    const receipt = await bench.deploy(shop, { ...v5, supersede: true });
    expect(receipt.superseding).toBeDefined();
    await bench.until(shop, ({ version, phase }) => version === 'v5' && phase !== 'starting');
    expect((await resultOf(shop)).outcome).toBe('Promoted');
    expect(bench.reports.find(({ runRef }) => runRef === receipt.superseding)?.outcome).toBe(
      'Superseded',
    );
    expect(bench.platform.state(shop).stable?.release.version).toBe('v5');
  });

  it('stays open when an undo fails for good, and finishes it on retry', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    bench.platform.broken.set('setWeight 0', new PlatformError('unavailable', 'router is away'));
    await handle.signal('abort', { by: 'ana' });
    const stuck = await bench.until(shop, ({ phase }) => phase === 'undo-failed');
    expect(stuck.undo[0]).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('router is away') as string,
    });
    expect(stuck.now).toMatch(
      /^An undo failed permanently: route all traffic to stable: router is away.*\. Answer with retry or giveUp$/,
    );
    expect(bench.platform.state(shop).owner?.workflowId).toBe(stuck.workflowId);
    bench.platform.broken.clear();
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
    expect(bench.platform.state(shop).canary).toBeUndefined();
  });

  it('fails a bad spec with every problem at once and touches no target', async () => {
    const shop = bench.serving();
    const before = bench.platform.acts.length;
    const handle = await bench.start(shop, {
      ...v2,
      stages: [{ weight: 120, hold: 'soon' }],
      replicsa: 3,
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
    expect(bench.platform.acts).toHaveLength(before);
  });

  it('refuses to start under a workflow ID that does not lock the service, and prints the right command', async () => {
    const shop = bench.serving();
    const handle = await env.client.workflow.start('canaryDeployment', {
      workflowId: 'my-canary',
      taskQueue: bench.taskQueue,
      args: [{ ...shop, ...v2 }],
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'WrongWorkflowId',
        message: expect.stringContaining(`--workflow-id rollout/demo/${shop.service}`) as string,
      },
    });
  });

  it('brings a kept revision back without stages', async () => {
    const shop = bench.serving();
    await (await bench.start(shop, { ...v2, stages: shortStages })).result();
    const handle = await bench.start(shop, {}, 'rollback');
    expect(await handle.result()).toMatchObject({
      kind: 'rollback',
      details: { version: 'v1' },
      outcome: 'Promoted',
    });
    expect(bench.platform.state(shop).stable?.release.version).toBe('v1');
  });
});
