import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeControlState, Permit } from '../../../src/contracts/kernel/change-control.ts';
import { mostPermits } from '../../../src/policies/kernel/change-control/judge-permit.ts';
import { ChangeControlBench } from '../../fixtures/change-control-bench.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { devServer } from '../../fixtures/temporal.ts';

describe('change control, after a long time', () => {
  let env: TestWorkflowEnvironment;
  let bench: ChangeControlBench;

  beforeAll(async () => {
    env = await devServer();
  });
  afterAll(() => env.teardown());

  beforeEach(async () => {
    bench = await ChangeControlBench.start(env);
  });
  afterEach(() => bench.stopWorker());

  function dead(index: number): Permit {
    const workflowId = `rollout/${bench.environment}/s${index}`;
    return {
      ...{ runRef: `run ${index}`, family: 'rollouts', kind: 'canary', workflowId },
      ...{ firstRunId: 'first', scopes: [{ of: 'service', name: `s${index}` }] },
      ...{ sinceMs: Date.now(), notes: [] },
    };
  }

  const startWith = (state: Partial<ChangeControlState>) =>
    bench.startWorkflow({
      state: {
        ...{ environment: bench.environment, freezes: [], permits: [], records: [], nextFreeze: 1 },
        ...state,
      },
    });

  it('checks holders six hours after the last check, however often it continued as new', async () => {
    await startWith({ permits: [dead(1)], holdersCheckedMs: Date.now() - 6 * 3_600_000 });
    await eventually(async () => expect((await bench.state()).permits).toEqual([]));
  });

  it('makes room for another permit by those whose holders are over', async () => {
    const permits = Array.from({ length: mostPermits }, (_, index) => dead(index));
    await startWith({ permits, holdersCheckedMs: Date.now() });
    const { sinceMs: _, notes, ...request } = dead(mostPermits);
    expect(await bench.ask(request)).toEqual({ granted: true, notes });
  });

  it('renews a calendar although nobody asks for a permit', async () => {
    const rules = [{ weekdays: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '00:00', days: 1 }];
    const calendar = { zone: 'UTC', rules, periods: [], windows: [], beforeMs: Date.now() - 1 };
    await startWith({
      freezes: [{ id: 1, ...{ by: 'ana', why: 'Black Friday' }, sinceMs: Date.now(), calendar }],
      nextFreeze: 2,
    });
    await eventually(async () =>
      expect((await bench.state()).freezes[0]?.calendar?.windows).toHaveLength(1),
    );
  });
});
