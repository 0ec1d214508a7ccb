import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { countActions } from '../../../bench/measures/count-actions.ts';
import { tellChangeControl } from '../../../src/adapters/temporal/change-control.ts';
import {
  changeControlQuery,
  type ChangeControlState,
} from '../../../src/contracts/kernel/change-control.ts';
import type { AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../../src/contracts/rollouts/alerts.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { changeControlWorkflowId, rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { alertWorkflowType } from '../../../src/kinds/workflow-types.ts';
import { realChangeControl } from '../../fixtures/change-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const release = (version: string) => ({ version, command: ['serve'] });
const stages = [{ weight: 50, hold: '1s' }];
const canary = { release: release('v2'), replicas: 2, stages, analysis: 'none' };
const held = { ...canary, stages: [{ weight: 20, hold: '10m' }] };
const environment = 'demo';
const frozen = 'demo is frozen by ana until it is thawed: "Black Friday" (freeze';

describe('a rollout and the change control of its environment', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;

  beforeAll(async () => {
    env = await devServer();
    const changeControl = realChangeControl(env.client);
    bench = await RolloutBench.start(env.client, env.nativeConnection, {}, { changeControl });
  });
  afterAll(async () => {
    await bench.stop();
    await env.teardown();
  });
  afterEach(async () => {
    if ((await state()).freezes.length > 0) await say('thaw', { by: 'ana', all: true });
  });

  const say = (name: string, input: object) =>
    tellChangeControl(env.client, { environment, taskQueue: bench.taskQueue, name, input });
  const freeze = () => say('freeze', { by: 'ana', why: 'Black Friday' });
  const control = () => env.client.workflow.getHandle(changeControlWorkflowId(environment));
  const state = () => control().query<ChangeControlState>(changeControlQuery);
  const stableOf = (shop: ServiceRef) => bench.platform.state(shop).stable?.release.version;

  async function promoted(): Promise<ServiceRef> {
    const shop = bench.serving();
    expect(await (await bench.start(shop, canary)).result()).toMatchObject({ outcome: 'Promoted' });
    return shop;
  }

  it('holds a permit until its end, for three Actions', async () => {
    const shop = bench.serving();
    await say('releaseLever', { by: 'ana' }).catch(() => undefined);
    const before = countActions(await control().fetchHistory());
    const handle = await bench.start(shop, held);
    const { runRef } = await bench.until(shop, ({ phase }) => phase === 'holding');
    expect((await state()).permits).toMatchObject([
      {
        runRef,
        family: 'rollouts',
        kind: 'canary',
        scopes: [{ of: 'service', name: shop.service }],
      },
    ]);
    await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
    await bench.result(shop);
    await eventually(async () => expect((await state()).permits).toEqual([]));
    const asked = (await handle.fetchHistory()).events?.filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === 'askPermit',
    );
    expect(asked).toHaveLength(1);
    const { updates, signals } = countActions(await control().fetchHistory());
    expect({ updates: updates - before.updates, signals: signals - before.signals }).toEqual({
      updates: 1,
      signals: 1,
    });
  });

  it('is refused by a freeze with everything that a person needs to know, and changes nothing', async () => {
    await freeze();
    const shop = bench.serving();
    const refused = bench.deploy(shop, canary);
    await expect(refused).rejects.toMatchObject({
      cause: {
        type: 'Frozen',
        message: expect.stringMatching(
          /^demo is frozen by ana until it is thawed: "Black Friday" \(freeze \d+\)\. Nothing was started or changed\. To go ahead all the same, give a name and a reason, which are recorded: belay deploy --override-freeze --why REASON, or override: \{by, why\} in the spec\. No freeze refuses a rollback or an abort\.$/,
        ) as string,
      },
    });
    await expect(bench.result(shop)).rejects.toThrow(WorkflowFailedError);
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 0 });
    expect(stableOf(shop)).toBe('v1');
    expect((await state()).permits).toEqual([]);
    await say('thaw', { by: 'ana' });
    expect(await (await bench.start(shop, canary)).result()).toMatchObject({ outcome: 'Promoted' });
  });

  it('asks again when it is reset, after the freeze was thawed', async () => {
    await freeze();
    const shop = bench.serving();
    await expect(bench.deploy(shop, canary)).rejects.toThrow();
    const handle = env.client.workflow.getHandle(rolloutWorkflowId(shop));
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    await say('thaw', { by: 'ana' });
    const { events } = await handle.fetchHistory();
    const askedIn = events
      ?.map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
      .find((scheduled) => scheduled?.activityType?.name === 'askPermit');
    const { runId } = await handle.describe();
    await env.client.workflowService.resetWorkflowExecution({
      namespace: env.client.options.namespace,
      workflowExecution: { workflowId: handle.workflowId, runId },
      workflowTaskFinishEventId: askedIn?.workflowTaskCompletedEventId ?? null,
      requestId: randomUUID(),
      reason: 'thawed',
    });
    expect(await bench.result(shop)).toMatchObject({ outcome: 'Promoted' });
  });

  it('goes on when a freeze refuses the rollout that would supersede it', async () => {
    const shop = bench.serving();
    await bench.deploy(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await freeze();
    const next = { ...canary, release: release('v3'), supersede: true };
    await expect(bench.deploy(shop, next)).rejects.toMatchObject({ cause: { type: 'Frozen' } });
    expect(bench.platform.state(shop)).toMatchObject({ canaryWeight: 20 });
    const override = { by: 'bo', why: 'checkout is down' };
    await bench.deploy(shop, { ...next, override });
    expect(await bench.result(shop)).toMatchObject({ outcome: 'Promoted' });
    expect(stableOf(shop)).toBe('v3');
  });

  it('goes ahead during a freeze with a name and a reason, which its report tells', async () => {
    await freeze();
    const shop = bench.serving();
    const override = { by: 'bo', why: 'checkout is down' };
    const report = await (await bench.start(shop, { ...canary, override })).result();
    const note = expect.stringContaining(frozen) as string;
    expect(report).toMatchObject({
      outcome: 'Promoted',
      notes: [note],
      people: [{ verb: 'override', ...override }],
    });
    expect(report).toHaveProperty(
      'notes.0',
      expect.stringContaining('; overridden by bo: "checkout is down"'),
    );
    const { records } = await state();
    expect(records.at(-1)?.text).toContain('overridden by bo: "checkout is down"');
  });

  it('is undone during a freeze, while it runs and after it was promoted', async () => {
    const shop = bench.serving();
    const other = await promoted();
    await bench.start(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await freeze();
    const open = env.client.workflow.getHandle(rolloutWorkflowId(shop));
    await open.executeUpdate('undo', { args: [{ by: 'ana' }] });
    expect(await bench.result(shop)).toMatchObject({ outcome: 'Aborted' });

    const rollback = await bench.start(other, {}, 'rollback');
    expect(await rollback.result()).toMatchObject({
      outcome: 'Promoted',
      notes: [expect.stringContaining('no freeze refuses a rollback') as string],
    });
    expect(stableOf(other)).toBe('v1');
  });

  it('is rolled back by an alert during a freeze', async () => {
    const shop = await promoted();
    await freeze();
    const nowMs = Date.now();
    const alert = {
      ...{ fingerprint: 'f1', name: 'HighErrorRate', status: 'firing' },
      ...{ startsAtMs: nowMs, receivedAtMs: nowMs, subject: shop },
    };
    const { service } = shop;
    const response = await env.client.workflow.execute<(alert: unknown) => Promise<AlertResponse>>(
      alertWorkflowType,
      {
        workflowId: alertWorkflowId(alert),
        taskQueue: bench.taskQueue,
        args: [{ ...alert, subject: { service, environment } }],
      },
    );
    expect(response).toMatchObject({ action: 'undo', ending: { outcome: 'Promoted' } });
    expect(stableOf(shop)).toBe('v1');
  });

  it('lets the rollout that supersedes it have its permit', async () => {
    const shop = bench.serving();
    await bench.deploy(shop, held);
    await bench.until(shop, ({ phase }) => phase === 'holding');
    await bench.deploy(shop, { ...canary, release: release('v3'), supersede: true });
    expect(await bench.result(shop)).toMatchObject({ outcome: 'Promoted', notes: [] });
    expect(stableOf(shop)).toBe('v3');
    await eventually(async () => expect((await state()).permits).toEqual([]));
  });
});
