import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { statusQuery } from '../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import { blocked } from '../../fixtures/scripted-activities.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { ScriptedRun } from '../../fixtures/scripted-rollouts.ts';
import { ScriptedStages, type Staged } from '../../fixtures/scripted-stages.ts';
import { devServer } from '../../fixtures/temporal.ts';

let stages: ScriptedStages;
let staged: Staged;

beforeAll(async () => {
  stages = await ScriptedStages.on(await devServer());
});

afterAll(() => stages.stop());

beforeEach(async () => {
  staged = await stages.stage();
});

const experiment = () => stages.rollouts.env.client.workflow.getHandle(staged.experimentId);

/** Until its fault is there. */
async function untilFaulted(more: object = {}): Promise<ScriptedRun> {
  staged.hosts.isWatchOpen = true;
  const run = await stages.start(staged, more);
  await eventually(async () => {
    const { phase, now } = await experiment().query<RunStatus>(statusQuery);
    expect(`${phase}: ${now}`).toMatch(/^faulted: watch/);
  });
  expect(staged.hosts.faulted.size).toBe(1);
  return run;
}

describe('an experiment at a stage, on a real server', () => {
  it('goes on with the next worker where its own is replaced while the fault is there', async () => {
    const run = await untilFaulted();
    const { hosts, shop } = staged;
    const acts = [...hosts.acts];
    await stages.replaceWorkers();
    hosts.endWatches();
    const report = await run.report();
    expect(report, report.reason).toMatchObject({ outcome: 'Promoted' });
    expect(report.details.stages[0]?.experiment).toMatchObject({ outcome: 'Passed' });
    const [inject = ''] = acts;
    const [, host = ''] = inject.split(' ');
    expect(hosts.acts.filter((act) => !act.startsWith('extendLease'))).toEqual([
      inject,
      `revertLease ${host}`,
    ]);
    expect(shop.acts.filter((act) => act === 'setWeight 20')).toHaveLength(1);
  });

  it('has its fault removed where the rollout is terminated', async () => {
    const run = await untilFaulted();
    await run.handle.terminate('by mistake');
    expect(await stages.reportOf(staged)).toMatchObject({
      ...{ outcome: 'Aborted', undo: [{ state: 'done' }] },
    });
    expect(staged.hosts.faulted.size).toBe(0);
  });

  it('that is terminated itself leaves the decision to a person, whatever the spec says', async () => {
    const run = await untilFaulted({ onInconclusive: 'abort' });
    const { shop } = staged;
    shop.script('watchHold', blocked);
    await experiment().terminate('by mistake');
    const waiting = await eventually(async () => {
      const status = await run.status();
      expect(status.phase).toBe('inconclusive');
      return status;
    });
    expect(waiting.now).toContain('; its faults end by their leases');
    expect(waiting.stages[0]?.experiment).toMatchObject({ outcome: 'Lost' });
    expect(shop.acts).not.toContain('restoreStable');
    await run.send('abort', { by: 'ana', why: 'nobody knows' });
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
  });
});
