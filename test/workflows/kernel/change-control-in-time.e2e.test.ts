import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAskPermit } from '../../../src/adapters/temporal/change-control.ts';
import {
  changeControlQuery,
  type ChangeControlState,
  type Permit,
} from '../../../src/contracts/kernel/change-control.ts';
import { changeControlWorkflowId } from '../../../src/kinds/locks.ts';
import { changeControlWorkflowType } from '../../../src/kinds/workflow-types.ts';
import { mostPermits } from '../../../src/policies/kernel/change-control/judge-permit.ts';
import { untracedWorkflows } from '../../../src/telemetry/tracing/trace-workflows.ts';
import { builtWorkflows } from '../../fixtures/built.ts';
import { realChangeControl } from '../../fixtures/change-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

describe('change control, after a long time', () => {
  let env: TestWorkflowEnvironment;
  let taskQueue: string;
  let environment: string;
  let worker: Worker;
  let running: Promise<void>;

  beforeAll(async () => {
    env = await devServer();
  });
  afterAll(() => env.teardown());

  beforeEach(async () => {
    environment = `prod-${randomUUID().slice(0, 8)}`;
    taskQueue = environment;
    worker = await Worker.create({
      ...{ connection: env.nativeConnection, taskQueue },
      workflowBundle: await builtWorkflows(),
      sinks: untracedWorkflows,
      activities: realChangeControl(env.client),
    });
    running = worker.run();
  });
  afterEach(async () => {
    worker.shutdown();
    await running;
  });

  const state = () =>
    env.client.workflow
      .getHandle(changeControlWorkflowId(environment))
      .query<ChangeControlState>(changeControlQuery);

  function dead(index: number): Permit {
    const workflowId = `rollout/${environment}/s${index}`;
    return {
      ...{ runRef: `run ${index}`, family: 'rollouts', kind: 'canary', workflowId },
      ...{ firstRunId: 'first', scopes: [{ of: 'service', name: `s${index}` }] },
      ...{ sinceMs: Date.now(), notes: [] },
    };
  }

  async function startWith(state: Partial<ChangeControlState>): Promise<void> {
    const whole = { environment, freezes: [], permits: [], records: [], nextFreeze: 1, ...state };
    await env.client.workflow.start(changeControlWorkflowType, {
      workflowId: changeControlWorkflowId(environment),
      ...{ taskQueue, args: [{ state: whole }] },
    });
  }

  it('checks holders six hours after the last check, however often it continued as new', async () => {
    await startWith({ permits: [dead(1)], holdersCheckedMs: Date.now() - 6 * 3_600_000 });
    await eventually(async () => expect((await state()).permits).toEqual([]));
  });

  it('makes room for another permit by those whose holders are over', async () => {
    const permits = Array.from({ length: mostPermits }, (_, index) => dead(index));
    await startWith({ permits, holdersCheckedMs: Date.now() });
    const { sinceMs, notes, ...request } = dead(mostPermits);
    const asking = { environment, taskQueue, deadlineMs: sinceMs + 10_000, runId: 'first' };
    expect(await createAskPermit(env.client)(request, asking)).toEqual({ granted: true, notes });
  });

  it('renews a calendar although nobody asks for a permit', async () => {
    const rules = [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00', days: 1 }];
    const calendar = { zone: 'UTC', rules, periods: [], windows: [], beforeMs: Date.now() - 1 };
    await startWith({
      freezes: [{ id: 1, ...{ by: 'ana', why: 'Black Friday' }, sinceMs: Date.now(), calendar }],
      nextFreeze: 2,
    });
    await eventually(async () =>
      expect((await state()).freezes[0]?.calendar?.windows).toHaveLength(1),
    );
  });
});
