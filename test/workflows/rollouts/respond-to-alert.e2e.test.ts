import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert, AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../../src/contracts/rollouts/alerts.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { alertWorkflowType } from '../../../src/kinds/workflow-types.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

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

let fingerprints = 0;

function alertOn({ service, environment }: ServiceRef, over: Partial<Alert> = {}): Alert {
  const nowMs = Date.now();
  return {
    fingerprint: `f${(fingerprints += 1)}`,
    name: 'HighErrorRate',
    status: 'firing',
    startsAtMs: nowMs,
    receivedAtMs: nowMs,
    subject: { service, environment },
    ...over,
  };
}

async function respond(alert: unknown): Promise<AlertResponse> {
  const { fingerprint = 'none', startsAtMs = 0 } = (alert ?? {}) as Partial<Alert>;
  return bench.client.workflow.execute<(alert: unknown) => Promise<AlertResponse>>(
    alertWorkflowType,
    {
      workflowId: alertWorkflowId({ fingerprint, startsAtMs }),
      taskQueue: bench.taskQueue,
      args: [alert],
    },
  );
}

const release = (version: string) => ({ version, command: ['serve'] });
const stages = [{ weight: 50, hold: '1s' }];
const atOnce = { release: release('v2'), replicas: 2, stages, analysis: 'none' };
const held = { ...atOnce, release: release('v3'), stages: [{ weight: 20, hold: '10m' }] };

async function promoted(): Promise<ServiceRef> {
  const shop = bench.serving();
  const report = await (await bench.start(shop, atOnce)).result();
  expect(report).toMatchObject({ outcome: 'Promoted' });
  return shop;
}

const stableOf = (shop: ServiceRef) => bench.platform.state(shop).stable?.release.version;

describe('an alert while a canary has traffic', () => {
  it('takes the traffic back, and the rollout ends as RolledBack with the alert as its reason', async () => {
    const shop = bench.serving();
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const response = await respond(alertOn(shop, { summary: '3 % of requests fail' }));
    expect(response).toMatchObject({
      ...{ action: 'abort', service: shop.service, version: 'v3' },
      ending: { outcome: 'RolledBack' },
    });
    const report = await bench.result(shop);
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toMatch(
      /^Aborted by alert HighErrorRate: 3 % of requests fail \(it began .* after v3 got traffic\)$/,
    );
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 0 });
    expect(stableOf(shop)).toBe('v1');
    expect(await bench.responses.list(shop)).toEqual([response]);
  });

  it('lets it be where the alert began before that traffic', async () => {
    const shop = bench.serving();
    const before = alertOn(shop);
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    expect(await respond(before)).toMatchObject({
      action: 'none',
      reason: expect.stringMatching(/^it began .* before v3 had any traffic$/) as string,
    });
    expect((await bench.status(shop)).phase).toBe('holding');
    await bench.client.workflow.getHandle(rolloutWorkflowId(shop)).signal('abort');
    await bench.result(shop);
  });

  it('leaves stable alone when it goes on firing after the abort', async () => {
    const shop = await promoted();
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    expect((await respond(alertOn(shop))).action).toBe('abort');
    expect(await respond(alertOn(shop))).toMatchObject({
      action: 'none',
      reason: expect.stringMatching(/^the last rollout, of v3, ended as RolledBack/) as string,
    });
    expect(stableOf(shop)).toBe('v2');
  });

  it('is told how a rollout ends whose undo fails, once a person has given it up', async () => {
    const shop = bench.serving();
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    bench.platform.broken.set('setWeight 0', new PlatformError('unavailable', 'router is away'));
    const responding = respond(alertOn(shop));
    await bench.until(shop, ({ phase }) => phase === 'undo-failed');
    bench.platform.broken.clear();
    const rollout = bench.client.workflow.getHandle(rolloutWorkflowId(shop));
    expect(await respond(alertOn(shop))).toMatchObject({
      action: 'none',
      reason: 'the rollout of v3 is already being undone',
    });
    await rollout.executeUpdate('giveUp', { args: [{ by: 'ana' }] });
    expect(await responding).toMatchObject({ action: 'abort', ending: { outcome: 'UndoFailed' } });
  });
});

describe('an alert after a promotion', () => {
  it('brings the release before back, and a second alert does not turn that round', async () => {
    const shop = await promoted();
    const response = await respond(alertOn(shop));
    expect(response).toMatchObject({
      ...{ action: 'undo', version: 'v2' },
      ending: { outcome: 'Promoted', reason: expect.stringMatching(/^v1 .* is back$/) as string },
    });
    expect(stableOf(shop)).toBe('v1');
    expect(await respond(alertOn(shop, { name: 'StillBad' }))).toMatchObject({
      action: 'none',
      reason: expect.stringMatching(/^the last thing done was to go back to v1/) as string,
    });
    expect(stableOf(shop)).toBe('v1');
  });

  it('brings the release before back where stable takes releases over in steps', async () => {
    const shop = bench.servingOnKubernetes();
    const spec = { release: { image: 'shop:v2' }, analysis: 'none', stages };
    const report = await (await bench.start(shop, spec)).result();
    expect(report).toMatchObject({ outcome: 'Promoted' });
    const subject = { deployment: shop.service, namespace: 'shop' };
    expect(await respond(alertOn(shop, { subject }))).toMatchObject({
      action: 'undo',
      ending: { outcome: 'Promoted' },
    });
    expect(bench.kubernetes.state(shop).stable?.release.version).toBe('v1');
  });

  it('is undone once, however many alerts say so at the same moment', async () => {
    const shop = await promoted();
    const alerts = Array.from({ length: 8 }, (_, i) => alertOn(shop, { name: `Alert${i}` }));
    const responses = await Promise.all(alerts.map(respond));
    expect(responses.filter(({ action }) => action === 'undo')).toHaveLength(1);
    expect(stableOf(shop)).toBe('v1');
    expect(bench.reports.filter(({ subject }) => subject.name === shop.service)).toHaveLength(2);
  });

  it('reports the end of its own rollback, not that of the release which superseded it', async () => {
    const shop = await promoted();
    bench.platform.neverReady.add('v1');
    const responding = respond(alertOn(shop));
    await bench.until(shop, ({ kind, phase }) => kind === 'rollback' && phase === 'preparing');
    await bench.deploy(shop, { ...atOnce, release: release('v9'), supersede: true });
    const { ending } = await responding;
    bench.platform.neverReady.clear();
    expect(ending).toMatchObject({
      outcome: 'Superseded',
      reason: 'Superseded by v9, sent by ana@laptop',
    });
    const [rollback] = bench.reports.filter(({ kind, subject }) => {
      return kind === 'rollback' && subject.name === shop.service;
    });
    expect(ending?.rolloutId).toBe(rollback?.runRef);
    expect(stableOf(shop)).toBe('v9');
  });

  it('says why an undo came to nothing, and is not tried again', async () => {
    const shop = await promoted();
    bench.platform.broken.set('applyCanary', new PlatformError('invalid', 'there is no room'));
    const response = await respond(alertOn(shop));
    bench.platform.broken.clear();
    expect(response).toMatchObject({
      action: 'undo',
      ending: { outcome: 'RolledBack', reason: 'there is no room' },
    });
    expect(stableOf(shop)).toBe('v2');
    expect((await respond(alertOn(shop))).action).toBe('none');
  });
});

describe('whom an alert means', () => {
  it('is told by the Deployment and its namespace', async () => {
    const shop = bench.servingOnKubernetes();
    await bench.start(shop, {
      release: { image: 'shop:v3' },
      analysis: 'none',
      stages: held.stages,
    });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const subject = { deployment: shop.service, namespace: 'shop' };
    const response = await respond(alertOn(shop, { subject }));
    expect(response).toMatchObject({ action: 'abort', service: shop.service, environment: 'demo' });
  });

  it('is told by a local service and its environment', async () => {
    const shop = await promoted();
    const subject = { deployment: shop.service, namespace: 'demo' };
    expect((await respond(alertOn(shop, { subject }))).action).toBe('undo');
  });

  it.each([
    [{}, /^it names no service/],
    [{ service: 'shop' }, /^it names no service/],
    [{ deployment: 'nobody', namespace: 'nowhere' }, /^Belay knows no service/],
    [{ service: 'nobody', environment: 'nowhere' }, /^no rollout of nowhere\/nobody is known$/],
  ])('is nobody for %j', async (subject, reason) => {
    const response = await respond(alertOn(bench.serving(), { subject }));
    expect(response.action).toBe('none');
    expect(response.reason).toMatch(reason);
  });
});

it('refuses to be started by hand with what is no alert', async () => {
  await expect(respond({ fingerprint: 'x' })).rejects.toMatchObject({
    cause: { type: 'InvalidSpec' },
  });
});
