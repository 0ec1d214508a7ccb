import { beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import type { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const watching = async (run: ScriptedRun): Promise<ScriptedRun> => {
  await run.until(({ now }) => now.startsWith('Watching db-1'));
  return run;
};
const plan = () => databases.plan(nodes, { automatic: true });

describe('a failover right after a switchover, which no standby has followed yet', () => {
  const start = () =>
    databases.start('failover', nodes, { kind: 'failover', plan: databases.plan(nodes) });

  beforeEach(() => {
    Object.assign(nodes.node('db-1'), { timeline: 2, lsn: '0/6000000' });
    nodes.kill('db-1');
  });

  it('is refused, after a while, with who has the data', async () => {
    expect(await (await start()).refusal()).toMatch(
      /db-2: is on timeline 1, and 2 is newer;.* nobody else has what db-1 has committed on timeline 2: start it again/,
    );
    expect(nodes.acts).toEqual([]);
  });

  it('waits for a standby that still reads the rest from an archive, and promotes it', async () => {
    const upToDate = { timeline: 2, receivedLsn: '0/6000000' };
    nodes.script('examineNode', 'db-2', undefined, () => {
      Object.assign(nodes.node('db-2'), upToDate);
      throw absent('db-2');
    });
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'FailedOver' });
    expect(nodes.acts.slice(0, 2)).toEqual(['fenceNode db-1', 'promoteNode db-2']);
  });
});

describe('the watch of a database', () => {
  it('says why it cannot fail over where no standby has followed yet, and watches the primary once it is started again', async () => {
    Object.assign(nodes.node('db-1'), { timeline: 2 });
    const run = await watching(await databases.start('databaseWatch', nodes, plan()));
    nodes.kill('db-1');
    const down = await run.until(({ phase }) => phase === 'down');
    expect(down.now).toContain('nobody else has what db-1 has committed on timeline 2');
    const serving = { state: 'primary', view: 'accepting', hostView: 'accepting' } as const;
    Object.assign(nodes.node('db-1'), serving);
    await run.send('acknowledge');
    await run.until(({ now }) => now.startsWith('Watching db-1'));
    expect(nodes.acts).toEqual([]);
    await run.send('abort');
  });

  it('remembers the timeline of a primary that cannot say it for a moment', async () => {
    const startedAtMs = await databases.env.currentTimeMs();
    const unread = {
      state: 'primary',
      detail: '',
      atMs: 0,
      problems: [],
      systemIdentifier: '7301',
    };
    nodes.script('examineNode', 'db-1', () => unread);
    const memory = { watched: 'db-1', timeline: 1 };
    const before = {
      ...{ runRef: 'one', startedAtMs, fenceStep: 0 },
      ...{ undos: [], steps: [], people: [], notes: [], state: memory },
    };
    const run = await watching(await databases.start('databaseWatch', nodes, plan(), [before]));
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    const { events } = await databases.childOf(nodes, 'failover').handle.fetchHistory();
    const [started] = events ?? [];
    const { payloads } = started?.workflowExecutionStartedEventAttributes?.input ?? {};
    const spoken = JSON.parse(Buffer.from(payloads?.[0]?.data ?? []).toString()) as object;
    expect(spoken).toMatchObject({ seen: { node: 'db-1', timeline: 1 } });
    await run.send('abort');
  });
});
