import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const v2 = {
  release: { version: 'v2', command: ['serve'] },
  replicas: 2,
  stages: [{ weight: 20, hold: '1s' }],
  analysis: { interval: '200ms', count: 1 },
};
const longHold = [{ weight: 20, hold: '10m' }];
const away = new PlatformError('unavailable', 'connection refused');

describe('a rollout that is interrupted at an awkward place', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;

  beforeAll(async () => {
    env = await devServer();
  });

  afterAll(() => env.teardown());

  beforeEach(async () => {
    bench = await RolloutBench.start(env.client, env.nativeConnection);
  });

  afterEach(() => bench.stop());

  it('ends when it is aborted before it could look at its target, and answers its deploy', async () => {
    const shop = bench.serving();
    bench.platform.readService = () => Promise.reject(away);
    const deployed = bench.deploy(shop, v2);
    await eventually(() => handleOf(shop).signal('abort', { by: 'ana' }));
    await expect(deployed).resolves.toMatchObject({ rolloutId: expect.any(String) as string });
    expect((await bench.result(shop)).reason).toBe('Aborted by ana');
  });

  describe.each(Object.entries(workflowTypes))(
    '%s, stopped before its spec was read',
    (_, type) => {
      const startOptions = (shop: ServiceRef) => ({
        workflowId: rolloutWorkflowId(shop),
        taskQueue: bench.taskQueue,
        args: [{ ...shop, release: v2.release }] as [unknown],
      });
      const nothingActed = async (shop: ServiceRef, reason: string) => {
        const handle = handleOf(shop);
        const report = (await handle.result()) as RolloutReport;
        expect(report).toMatchObject({ outcome: 'Aborted', reason, steps: [], undo: [] });
        const { events } = await handle.fetchHistory();
        const acted = events?.filter(
          ({ activityTaskScheduledEventAttributes: act, markerRecordedEventAttributes: marker }) =>
            act ?? marker?.markerName === 'core_local_activity',
        );
        expect(acted).toEqual([]);
        expect(bench.platform.acts).toEqual([]);
        expect(await bench.platform.listOwned()).toEqual([]);
        expect(bench.reports).toEqual([]);
      };

      it('by an abort, ends as aborted and touches nothing', async () => {
        const shop = bench.serving();
        await env.client.workflow.signalWithStart(type, {
          ...startOptions(shop),
          ...{ signal: 'abort', signalArgs: [{ by: 'ana', why: 'wrong release' }] },
        });
        await nothingActed(shop, 'Aborted by ana: wrong release');
      });

      it('by a cancellation, ends as aborted and touches nothing', async () => {
        const shop = bench.serving();
        await env.client.workflow.start(type, { ...startOptions(shop), startDelay: '2s' });
        await handleOf(shop).cancel();
        await nothingActed(shop, 'The workflow was cancelled');
      });
    },
  );

  it('keeps an abort that is accepted while all traffic is being sent to the canary', async () => {
    const shop = bench.serving();
    const routing = holdBack(100);
    const handle = await bench.start(shop, v2);
    await routing.begun;
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    routing.goOn();
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
    expect(bench.platform.state(shop).stable?.release.version).toBe('v1');
    expect(bench.platform.acts).not.toContain('promote');
  });

  it('reports a cancelled workflow as aborted although the act under way failed', async () => {
    const shop = bench.serving();
    const routing = holdBack(20);
    const handle = await bench.start(shop, v2);
    await routing.begun;
    await handle.cancel();
    await eventually(async () => {
      const { events } = await handle.fetchHistory();
      const asked = events?.some((event) => event.activityTaskCancelRequestedEventAttributes);
      if (asked !== true) throw new Error('the act has not been asked to stop yet');
    });
    bench.platform.broken.set('setWeight 20', away);
    routing.goOn();
    expect((await handle.result()) as RolloutReport).toMatchObject({
      outcome: 'Aborted',
      reason: 'The workflow was cancelled',
    });
  });

  it('has nothing to undo when a first release cannot claim its service', async () => {
    const shop = {
      service: 'new-shop',
      environment: 'demo',
      target: { platform: 'local' as const },
    };
    bench.platform.broken.set('claim', new PlatformError('conflict', 'front port 80 is taken'));
    const handle = await bench.start(shop, v2);
    expect((await handle.result()) as RolloutReport).toMatchObject({
      outcome: 'RolledBack',
      reason: 'front port 80 is taken',
    });
  });

  it('gives up waiting for readiness while the platform is away, and undoes it once it is back', async () => {
    const shop = bench.serving();
    bench.platform.neverReady.add('v2');
    const handle = await bench.start(shop, { ...v2, readiness: { deadline: '1s' } });
    await eventually(async () => {
      await Promise.resolve();
      expect(bench.platform.acts).toContain('applyCanary');
    });
    const { readService } = bench.platform;
    bench.platform.readService = () => Promise.reject(away);
    const failed = await bench.until(shop, ({ phase }) => phase === 'undo-failed');
    expect(failed.accepts).toContain('retry');
    bench.platform.readService = readService;
    await handle.executeUpdate('retry', { args: [{ by: 'ana' }] });
    const report = (await handle.result()) as RolloutReport;
    expect(report.outcome).toBe('RolledBack');
    expect(report.reason).toContain('connection refused');
  });

  it('waits as long for a smoke test as the spec allows', async () => {
    const shop = bench.serving();
    const slow = createServer((_request, response) => {
      void delay(3_000).then(() => response.end());
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const { port } = slow.address() as AddressInfo;
    const applyCanary = bench.platform.applyCanary.bind(bench.platform);
    bench.platform.applyCanary = async (ref, fence, canary) => {
      const applied = await applyCanary(ref, fence, canary);
      for (const replica of bench.platform.state(ref).canary?.replicas ?? []) {
        replica.url = `http://127.0.0.1:${port}`;
      }
      return applied;
    };
    const smoke = { path: '/warm-up', timeout: '8s' };
    const handle = await bench.start(shop, { ...v2, stages: [{ weight: 20, hold: '1s', smoke }] });
    expect(((await handle.result()) as RolloutReport).outcome).toBe('Promoted');
    slow.close();
  });

  it('does not make way for the spec of another service', async () => {
    const shop = bench.serving();
    const handle = await bench.start(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const release = { version: 'v5', command: ['serve'] };
    const other = { ...shop, ...v2, release, service: 'another-shop', supersede: true };
    await expect(
      handle.executeUpdate('deploy', { args: [other, { requestId: '1', kind: 'canary' }] }),
    ).rejects.toMatchObject({ cause: { type: 'WrongWorkflowId' } });
    expect((await bench.status(shop)).phase).toBe('holding');
    await handle.signal('abort', {});
    await handle.result();
  });

  it('is not listed with the outcome of the rollout that it superseded', async () => {
    const shop = bench.serving();
    await bench.deploy(shop, { ...v2, stages: longHold });
    await bench.until(shop, ({ phase }) => phase === 'holding');
    const release = { version: 'v5', command: ['serve'] };
    await bench.deploy(shop, { ...v2, release, stages: longHold, supersede: true });
    await bench.until(shop, ({ version, phase }) => version === 'v5' && phase === 'holding');
    const { typedSearchAttributes } = await handleOf(shop).describe();
    const outcome = defineSearchAttributeKey(searchAttributeNames.outcome, 'KEYWORD');
    expect(typedSearchAttributes.get(outcome)).toBeUndefined();
    await handleOf(shop).signal('abort', {});
    await bench.result(shop);
  });

  const handleOf = ({ service, environment }: { service: string; environment: string }) =>
    env.client.workflow.getHandle(`rollout/${environment}/${service}`);

  /** Keeps the act that routes this weight from going on until it is told to. */
  function holdBack(weight: number): { begun: Promise<void>; goOn: () => void } {
    const begun = deferred();
    const gate = deferred();
    const setWeight = bench.platform.setWeight.bind(bench.platform);
    bench.platform.setWeight = async (ref, fence, wanted) => {
      if (wanted === weight) {
        begun.resolve();
        await gate.promise;
      }
      return setWeight(ref, fence, wanted);
    };
    return { begun: begun.promise, goOn: gate.resolve };
  }
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
