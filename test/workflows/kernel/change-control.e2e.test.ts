import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAskPermit,
  leaveForChangeControl,
  tellChangeControl,
} from '../../../src/adapters/temporal/change-control.ts';
import {
  giveBackSignal,
  type ChangeControlReceipt,
  type PermitRequest,
} from '../../../src/contracts/kernel/change-control.ts';
import { changeControlWorkflowType } from '../../../src/kinds/workflow-types.ts';
import { ChangeControlBench } from '../../fixtures/change-control-bench.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

const who = { by: 'ana', why: 'Black Friday' };

describe('change control', () => {
  let env: TestWorkflowEnvironment;
  let bench: ChangeControlBench;
  let taskQueue: string;
  let environment: string;

  beforeAll(async () => {
    env = await devServer();
  });
  afterAll(() => env.teardown());

  beforeEach(async () => {
    bench = await ChangeControlBench.start(env);
    ({ environment, taskQueue } = bench);
  });
  afterEach(() => bench.stopWorker());

  const say = (name: string, input: unknown) =>
    tellChangeControl<ChangeControlReceipt>(env.client, { environment, taskQueue, name, input });
  const heldBy = async () => (await bench.state()).permits.map(({ workflowId }) => workflowId);

  /** A run that goes on until it is ended: nobody works on its queue. */
  async function openRun(
    family: string,
    kind: string,
    service = 'shop',
  ): Promise<{ request: PermitRequest; handle: WorkflowHandle }> {
    const workflowId = `${kind}/${environment}/${service}`;
    const handle = await env.client.workflow.start('heldOpen', {
      ...{ workflowId, taskQueue: 'nobody', args: [] },
    });
    const { firstExecutionRunId: firstRunId } = handle;
    const runRef = `${workflowId} ${firstRunId}`;
    const scopes = [{ of: 'service' as const, name: service }];
    return { request: { runRef, family, kind, workflowId, firstRunId, scopes }, handle };
  }

  async function abortsOf(handle: WorkflowHandle): Promise<unknown[]> {
    const { events } = await handle.fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signaled }) =>
      signaled?.signalName === 'abort'
        ? (signaled.input?.payloads ?? []).map((payload) =>
            defaultPayloadConverter.fromPayload(payload),
          )
        : [],
    );
  }

  it('gives the same answer to a run that asks again, until the permit is given back', async () => {
    const { request } = await openRun('rollouts', 'canary');
    expect(await bench.ask(request)).toEqual({ granted: true, notes: [] });
    await say('freeze', who);
    expect(await bench.ask(request)).toEqual({ granted: true, notes: [] });
    const other = await openRun('rollouts', 'canary', 'cart');
    expect(await bench.ask(other.request)).toMatchObject({ granted: false, type: 'Frozen' });
    expect(await heldBy()).toEqual([request.workflowId]);
    await bench.handle.signal(giveBackSignal, { runRef: request.runRef });
    expect(await heldBy()).toEqual([]);
  });

  it('holds no permit for a run whose question arrives after the run has ended', async () => {
    const { request } = await openRun('rollouts', 'canary');
    const { runRef, firstRunId: runId } = request;
    await bench.ask((await openRun('rollouts', 'canary', 'cart')).request);
    await bench.handle.signal(giveBackSignal, { runRef, runId });
    expect(await bench.ask(request)).toMatchObject({
      granted: false,
      type: 'PermitRefused',
      reason: expect.stringContaining('has ended already') as string,
    });
    expect(await heldBy()).toEqual([`canary/${environment}/cart`]);
    // A reset keeps the run's own ID, and goes on as another run of Temporal.
    expect(await bench.ask(request, `${runId}-reset`)).toMatchObject({ granted: true });
  });

  it('gives the permit of a holder that was terminated to the next one', async () => {
    const experiment = await openRun('chaos', 'experiment');
    const canary = await openRun('rollouts', 'canary');
    await bench.ask(experiment.request);
    expect(await bench.ask(canary.request)).toMatchObject({
      granted: false,
      type: 'PermitRefused',
      reason: expect.stringContaining(
        `cannot start beside ${experiment.request.workflowId}`,
      ) as string,
    });
    await experiment.handle.terminate();
    const later = { ...canary.request, runRef: 'asks again as another run' };
    expect(await bench.ask(later)).toEqual({ granted: true, notes: [] });
    expect(await heldBy()).toEqual([canary.request.workflowId]);
  });

  it('does not take another chain of runs under the same workflow ID for the holder', async () => {
    const experiment = await openRun('chaos', 'experiment');
    await bench.ask(experiment.request);
    await experiment.handle.terminate();
    await openRun('chaos', 'experiment');
    const canary = await openRun('rollouts', 'canary');
    expect(await bench.ask(canary.request)).toEqual({ granted: true, notes: [] });
  });

  it('lets a freeze end by itself', async () => {
    const { request } = await openRun('rollouts', 'canary');
    const until = new Date(Date.now() + 2_000).toISOString();
    await say('freeze', { ...who, until });
    expect(await bench.ask(request)).toMatchObject({ granted: false, type: 'Frozen' });
    await eventually(async () => expect((await bench.state()).freezes).toEqual([]));
    expect(await bench.ask({ ...request, runRef: 'another' })).toEqual({
      granted: true,
      notes: [],
    });
    expect((await bench.state()).records.at(-1)?.text).toBe('Freeze 1 of ana is over');
  });

  it('freezes by a calendar, and refuses a zone that nobody knows', async () => {
    const { request } = await openRun('rollouts', 'canary');
    const always = { zone: 'Europe/Berlin', every: ['Mon 00:00 to Mon 00:00'] };
    await say('freeze', { ...who, calendar: always });
    expect(await bench.ask(request)).toMatchObject({
      granted: false,
      reason: expect.stringContaining('every Mon 00:00 to Mon 00:00 (Europe/Berlin)') as string,
    });
    await expect(say('freeze', { ...who, every: 'weekends Europe/Berln' })).rejects.toMatchObject({
      cause: {
        type: 'InvalidInput',
        message:
          '"Europe/Berln" is not a time zone; write an IANA name, such as Europe/Berlin or UTC',
      },
    });
    expect((await bench.state()).freezes).toHaveLength(1);
  });

  it('ends a calendar of periods with the last of them, and refuses one that is over', async () => {
    const calendar = {
      zone: 'UTC',
      periods: [{ from: '2020-01-01 00:00', to: '2100-01-01 00:00' }],
    };
    const { freeze } = await say('freeze', { ...who, calendar });
    expect(freeze?.untilMs).toBe(Date.parse('2100-01-01T00:00Z'));
    const over = { zone: 'UTC', periods: [{ from: '2020-01-01 00:00', to: '2020-01-02 00:00' }] };
    await expect(say('freeze', { ...who, calendar: over })).rejects.toMatchObject({
      cause: {
        type: 'InvalidInput',
        message: expect.stringContaining('all of them are over') as string,
      },
    });
  });

  it('keeps its freezes when somebody cancels its workflow', async () => {
    await say('freeze', who);
    const { runId } = await bench.handle.describe();
    await bench.handle.cancel();
    await eventually(async () => expect((await bench.handle.describe()).runId).not.toBe(runId));
    expect((await bench.state()).freezes).toMatchObject([who]);
    const { request } = await openRun('rollouts', 'canary');
    expect(await bench.ask(request)).toMatchObject({ granted: false, type: 'Frozen' });
  });

  it('aborts chaos when its safety lever is engaged, and nothing else', async () => {
    const canary = await openRun('rollouts', 'canary');
    const experiment = await openRun('chaos', 'experiment', 'cart');
    await bench.ask(canary.request);
    await bench.ask(experiment.request);
    const receipt = await say('engageLever', { by: 'ana', why: 'checkout is down' });
    expect(receipt.message).toContain(`Aborted: ${experiment.request.workflowId}`);
    expect(await abortsOf(experiment.handle)).toEqual([
      {
        by: 'ana',
        why: `The safety lever of ${environment} was engaged: checkout is down`,
        runRef: experiment.request.runRef,
      },
    ]);
    expect(await abortsOf(canary.handle)).toEqual([]);
    const late = await openRun('chaos', 'experiment', 'search');
    expect(await bench.ask(late.request)).toMatchObject({ granted: false, type: 'PermitRefused' });
    await say('releaseLever', { by: 'ana' });
    expect(await bench.ask({ ...late.request, runRef: 'another' })).toMatchObject({
      granted: true,
    });
  });

  it('lets a rollback go ahead of an experiment, which is aborted', async () => {
    const experiment = await openRun('chaos', 'experiment');
    await bench.ask(experiment.request);
    await say('freeze', who);
    const rollback = await openRun('rollouts', 'rollback');
    expect(await bench.ask(rollback.request)).toMatchObject({
      granted: true,
      notes: [
        `${environment} is frozen by ana until it is thawed: "Black Friday" (freeze 1); no freeze refuses a rollback`,
        expect.stringContaining('is aborted: a service that is rolled back') as string,
      ],
    });
    expect(await abortsOf(experiment.handle)).toMatchObject([
      { runRef: experiment.request.runRef },
    ]);
  });

  it('continues as new with its permits and freezes, while runs go on asking', async () => {
    await bench.startWorkflow({ longestHistory: 60 });
    await say('freeze', { ...who, services: ['other'] });
    const { runId: firstRun } = await bench.handle.describe();
    const requests = Array.from({ length: 60 }, (_, index): PermitRequest => {
      const workflowId = `rollout/${environment}/s${index}`;
      const scopes = [{ of: 'service' as const, name: `s${index}` }];
      return {
        ...{ runRef: `run ${index}`, family: 'rollouts', kind: 'canary' },
        ...{ workflowId, firstRunId: 'first', scopes },
      };
    });
    // More at once than Temporal takes as updates of one workflow.
    const askPermit = createAskPermit(env.client);
    const deadlineMs = Date.now() + 20_000;
    const asking = { environment, taskQueue, deadlineMs, runId: 'first' };
    const answers = await Promise.all(requests.map((request) => askPermit(request, asking)));
    expect(answers).toEqual(answers.map(() => ({ granted: true, notes: [] })));
    await eventually(async () => expect((await bench.handle.describe()).runId).not.toBe(firstRun));
    const { permits, freezes } = await bench.state();
    expect(new Set(permits.map(({ runRef }) => runRef)).size).toBe(60);
    expect(freezes).toMatchObject([{ id: 1, services: ['other'] }]);
    expect((await bench.handle.describe()).historyLength).toBeLessThan(200);
  });

  it('keeps what it has while no worker runs, and does then what was left for it', async () => {
    const { request } = await openRun('rollouts', 'canary');
    await bench.ask(request);
    await bench.stopWorker();
    const message = { environment, taskQueue, name: 'freeze', input: who };
    await leaveForChangeControl(env.client, message);
    await leaveForChangeControl(env.client, { ...message, input: { by: 'bo' } });
    await bench.startWorker();
    const { permits, freezes, records } = await eventually(async () => {
      const found = await bench.state();
      expect(found.records).toHaveLength(2);
      return found;
    });
    expect(permits).toMatchObject([{ runRef: request.runRef }]);
    expect(freezes).toMatchObject([who]);
    expect(records.at(-1)?.text).toContain('freeze was ignored: why is missing');
  });

  it.each([
    ['freeze', { ...who, until: '2030-01-01T00:00' }, 'InvalidInput', 'has no offset'],
    ['thaw', { by: 'ana' }, 'VerbRefused', 'Nothing is frozen in prod-'],
    ['releaseLever', { by: 'ana' }, 'VerbRefused', 'is not engaged'],
    ['engageLever', {}, 'InvalidInput', 'by is missing; say who engages the safety lever; why is'],
    ['askPermit', 'me', 'InvalidInput', 'the input is "me"; send an object'],
  ])('refuses %s with %o', async (name, input, type, reason) => {
    await expect(say(name, input)).rejects.toMatchObject({
      cause: { type, message: expect.stringContaining(reason) as string },
    });
  });

  it('fails where it is started under another workflow ID', async () => {
    const handle = await env.client.workflow.start(changeControlWorkflowType, {
      ...{ workflowId: `mine/${environment}`, taskQueue, args: [] },
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'WrongWorkflowId' },
    });
  });
});
