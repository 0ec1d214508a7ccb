import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../fixtures/eventually.ts';
import { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import type { ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import type { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { devServer } from '../../fixtures/temporal.ts';

/** So few that a watch continues as new once it has failed over. */
const eventsUntilContinueAsNew = 50;
/** It pauses for half a minute in real time before it looks again. */
const longestMs = 200_000;

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

beforeAll(async () => {
  const early = `limit.historyCount.suggestContinueAsNew=${eventsUntilContinueAsNew}`;
  databases = await ScriptedDatabases.on(await devServer(['--dynamic-config-value', early]));
});

afterAll(() => databases.stop());

beforeEach(async () => {
  nodes = await databases.nodes();
});

const watch = async (): Promise<ScriptedRun> => {
  const plan = databases.plan(nodes, { automatic: true });
  const run = await databases.start('databaseWatch', nodes, plan);
  await run.until(({ now }) => now.startsWith('Watching db-1'));
  return run;
};

const promotions = () => nodes.acts.filter((act) => act.startsWith('promoteNode')).length;

const stopped = async (run: ScriptedRun) => {
  await run.send('abort', { by: 'ana' });
  return run.report();
};

describe('a watch that is about to continue as new', () => {
  it('takes in what is acknowledged while it asks the nodes once more', async () => {
    const run = await watch();
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.kill('db-2');
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('It failed over by itself less than 1h ago');
    nodes.script('examineNode', 'db-3', async () => {
      await run.send('acknowledge', { by: 'ana' });
      return { state: 'standby', detail: '', atMs: Date.now(), problems: [] };
    });
    await eventually(async () => expect(promotions()).toBe(2), longestMs);
    await stopped(run);
  });

  it('fails over again, although somebody acknowledged while it failed over', async () => {
    const run = await watch();
    nodes.script('promoteNode', 'db-2', async () => {
      await run.send('acknowledge', { by: 'ana' });
      Object.assign(nodes.node('db-2'), { state: 'primary', timeline: 2 });
      return { timeline: 2, lsn: '0/5000000', atMs: Date.now() };
    });
    const { runId } = await run.handle.describe();
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect((await run.handle.describe()).runId).not.toBe(runId);
    nodes.kill('db-2');
    await eventually(async () => expect(promotions()).toBe(2), longestMs);
    await run.until(({ now }) => now.startsWith('Watching db-1'));
    await stopped(run);
  });
});
