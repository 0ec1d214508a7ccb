import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSpecActivities } from '../../../activities/kernel/spec.ts';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import { statusQuery } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { quickSettings } from '../../fixtures/quick-settings.ts';
import { devServer } from '../../fixtures/temporal.ts';
import { createLampActivities } from './activities.ts';
import { LampBoard } from './board.ts';
import { lampsKind } from './kind.ts';
import { lampsSchema } from './spec.ts';

/** So few that a run of ten lamps continues as new several times. */
const eventsUntilContinueAsNew = 25;

let env: TestWorkflowEnvironment;
let workflowBundle: WorkflowBundle;
let board: LampBoard;
let worker: Worker;
let running: Promise<void>;
let reports: RunReport[];
let name: string;
/** By which runs lamps were lit. */
let actors: Set<string>;
let settingsTakeMs: number;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [env, workflowBundle] = await Promise.all([
    devServer([
      '--dynamic-config-value',
      `limit.historyCount.suggestContinueAsNew=${eventsUntilContinueAsNew}`,
    ]),
    bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('workflows/index.ts', import.meta.url)),
    }),
  ]);
}, 120_000);

afterAll(() => env.teardown());

beforeEach(async () => {
  board = await LampBoard.start();
  name = `board-${randomUUID().slice(0, 8)}`;
  reports = [];
  actors = new Set();
  settingsTakeMs = 0;
  const { resolveSpec } = createSpecActivities(quickSettings, (kind, input) =>
    kind === 'lamps' ? resolveAgainst(lampsSchema, input) : undefined,
  );
  const { lampOn, lampOff } = createLampActivities(() => board.url);
  worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: name,
    workflowBundle,
    // Every task replays the whole history, as after the death of a worker.
    maxCachedWorkflows: 0,
    activities: {
      resolveSpec: async (...asked: Parameters<typeof resolveSpec>) => {
        await sleep(settingsTakeMs);
        return resolveSpec(...asked);
      },
      lampOn: (at: string, fence: Fence, lamp: number) => {
        actors.add(fence.rolloutId);
        return lampOn(at, fence, lamp);
      },
      lampOff,
      appendReport: (report: RunReport) => {
        reports.push(report);
        return Promise.resolve();
      },
    },
  });
  running = worker.run();
});

afterEach(async () => {
  worker.shutdown();
  await running;
  await board.stop();
});

const spec = (more: object = {}) => ({
  kind: 'lamps',
  environment: 'demo',
  board: name,
  lamps: 3,
  ...more,
});

function start(
  given: object = spec(),
  workflowId = workflowIdOf(lampsKind, { environment: 'demo', name }),
) {
  return env.client.workflow.start(lampsKind.workflowType, {
    workflowId,
    taskQueue: name,
    workflowTaskTimeout: '1 s',
    args: [given, { requestId: 'one', by: 'ana', why: 'it is dark' }],
  });
}

describe('a kind of run that is added by its page alone', () => {
  it('does its steps with evidence, and reports them', async () => {
    const handle = await start();
    const report = (await handle.result()) as RunReport;
    expect(report).toMatchObject({
      ...{ family: 'toys', kind: 'lamps', outcome: 'Lit', reason: '3 lamps are lit' },
      subject: { environment: 'demo', name },
      ...{ startedBy: 'ana', startedWhy: 'it is dark' },
      undo: [],
    });
    expect(report.steps?.map(({ name: step, state }) => `${step}: ${state}`)).toEqual([
      'light lamp 0: done',
      'light lamp 1: done',
      'light lamp 2: done',
    ]);
    expect(report.steps?.[2]?.evidence).toMatchObject([
      { what: 'lamps lit', source: name, value: '0, 1, 2', threshold: '2' },
    ]);
    expect(reports).toEqual([report]);
    expect([...board.lit]).toEqual([0, 1, 2]);
  });

  it('keeps its name where its settings take longer than a task of a workflow may', async () => {
    settingsTakeMs = 2_500;
    const report = (await (await start()).result()) as RunReport;
    expect(report.outcome).toBe('Lit');
    expect([...actors]).toEqual([report.runRef]);
  });

  it('refuses a spec with every problem, and does nothing', async () => {
    const failure = await start({ ...spec({ lamps: 0 }), colour: 'red' })
      .then((handle) => handle.result())
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    const { message } = (failure as WorkflowFailedError).cause ?? {};
    expect(message).toMatch(/lamps/);
    expect(message).toMatch(/colour/);
    expect(board.acts).toEqual([]);
  });

  it('refuses a workflow ID that is not its lock', async () => {
    const handle = await start(spec(), `elsewhere-${name}`);
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'WrongWorkflowId',
        message: expect.stringContaining(`lamps/demo/${name}`) as string,
      },
    });
  });

  it('turns off what it lit when it cannot go on', async () => {
    board.broken.add(2);
    const report = (await (await start()).result()) as RunReport;
    expect(report).toMatchObject({ outcome: 'Failed', reason: 'lamp 2 is broken' });
    expect(report.steps?.map(({ state }) => state)).toEqual(['done', 'done', 'failed']);
    expect(board.lit.size).toBe(0);
  });

  it.each<[string, (handle: WorkflowHandle) => Promise<unknown>, string]>([
    [
      'aborted',
      (handle) => handle.executeUpdate('abort', { args: [{ by: 'bo', why: 'too bright' }] }),
      'Aborted by bo: too bright',
    ],
    ['cancelled', (handle) => handle.cancel(), 'The workflow was cancelled'],
  ])('is undone when it is %s while its last act succeeds', async (_, stop, reason) => {
    board.slow.add(0);
    const handle = await start(spec({ lamps: 1 }));
    await eventually(async () => expect(board.lit.size).toBe(1));
    await stop(handle);
    board.slow.clear();
    expect(await handle.result()).toMatchObject({ outcome: 'Aborted', reason });
    expect([...board.lit]).toEqual([]);
  });

  it('waits for an approval by those who may give it, and can be rejected', async () => {
    const handle = await start(spec({ approvers: ['ana'] }));
    await eventually(async () => {
      const status = await handle.query<RunStatus>(statusQuery);
      expect(status).toMatchObject({
        phase: 'awaiting-approval',
        accepts: ['approve', 'reject', 'abort'],
        needsApproval: { by: ['ana'] },
      });
    });
    await expect(handle.executeUpdate('approve', { args: [{ by: 'bo' }] })).rejects.toMatchObject({
      cause: { message: 'bo is not among those who may approve: ana.' },
    });
    await expect(
      handle.executeUpdate('approve', { args: [{ by: 'ana', runRef: 'another' }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('another') as string } });
    await handle.executeUpdate('approve', { args: [{ by: 'ana' }] });
    expect(await handle.result()).toMatchObject({ outcome: 'Lit' });
  });
});

describe('a run that continues as new', () => {
  it('is one run: same reference, all steps, all notes', async () => {
    const handle = await start(spec({ lamps: 10 }));
    const first = await handle.query<RunStatus>(statusQuery);
    const report = (await handle.result()) as RunReport;
    expect(report.runId).not.toBe(handle.firstExecutionRunId);
    expect(report).toMatchObject({ runRef: first.runRef, outcome: 'Lit', startedBy: 'ana' });
    expect(report.startedAtMs).toBe(first.startedAtMs);
    expect(report.steps?.filter(({ state }) => state === 'done')).toHaveLength(10);
    expect(report.notes).toHaveLength(10);
    expect(board.acts).toHaveLength(10);
  });

  it('between an act and its undo is undone completely', async () => {
    board.broken.add(9);
    board.stuck.add(0);
    const handle = await start(spec({ lamps: 10 }));
    const answered = await eventually(async () => {
      const status = await env.client.workflow
        .getHandle(handle.workflowId)
        .query<RunStatus>(statusQuery);
      expect(status.phase).toBe('undo-failed');
      return status;
    });
    expect(answered.runId).not.toBe(handle.firstExecutionRunId);
    expect(answered.now).toContain('turn lamp 0 off: lamp 0 is stuck');
    expect([...board.lit]).toEqual([0]);
    board.stuck.clear();
    await env.client.workflow.getHandle(handle.workflowId).executeUpdate('retry', { args: [{}] });
    const report = (await handle.result()) as RunReport;
    expect(report).toMatchObject({ outcome: 'Failed', reason: 'lamp 9 is broken' });
    expect(report.undo).toHaveLength(10);
    expect(report.undo.every(({ state }) => state === 'done')).toBe(true);
    expect([...board.lit]).toEqual([]);
  });

  it('hears an abort that was sent to an earlier part of it', async () => {
    const handle = await start(spec({ lamps: 200 }));
    await eventually(async () => {
      expect(board.lit.size).toBeGreaterThan(12);
      return Promise.resolve();
    });
    const { runRef } = await env.client.workflow
      .getHandle(handle.workflowId)
      .query<RunStatus>(statusQuery);
    await env.client.workflow
      .getHandle(handle.workflowId)
      .signal('abort', { by: 'bo', why: 'too bright', runRef });
    const report = (await handle.result()) as RunReport;
    expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Aborted by bo: too bright' });
    expect(board.lit.size).toBe(0);
  });
});
