import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ScheduledStart } from '../../../src/contracts/kernel/schedules.ts';
import { scheduledStartType } from '../../../src/kinds/workflow-types.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const world = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});

describe('an experiment with a schedule', () => {
  it('is left out while the one before is open, and begins again at its next time', async () => {
    const subject = { environment: hosts.name, name: 'web-freezes' };
    const workflowId = `chaos/${hosts.name}/web-freezes`;
    const order: ScheduledStart = {
      ...{ scheduleId: workflowId, kind: 'chaosExperiment', workflowType: 'chaosExperiment' },
      ...{ workflowId, subject, spec: world.chaos.spec(hosts), schedule: {} },
    };
    const { client } = world.chaos.env;
    const due = () =>
      client.workflow.start(scheduledStartType, {
        ...{ taskQueue: world.chaos.taskQueue, args: [order] },
        workflowId: `${workflowId}/${randomUUID()}`,
      });
    const untilStarted = async (start: Awaited<ReturnType<typeof due>>) =>
      eventually(async () => expect((await start.describe()).status.name).toBe('COMPLETED'));

    hosts.isWatchOpen = true;
    const first = await due();
    await untilStarted(first);
    const run = new ScriptedRun(client.workflow.getHandle(workflowId));
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    const second = await due();
    await untilStarted(second);
    hosts.isWatchOpen = false;
    await run.send('abort', { by: 'ana' });
    await run.report();
    const third = await due();
    await untilStarted(third);
    expect(await run.report()).toMatchObject({ outcome: 'Passed' });
    const outcomes = await Promise.all([first, second, third].map((start) => start.result()));
    expect(outcomes).toMatchObject(
      ['started', 'skipped', 'started'].map((outcome) => ({ outcome })),
    );
  });
});
