import { afterEach, describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

afterEach(() => databases.endFence(nodes, 'db-1'));

const start = (kind: 'failover' | 'fence', more: object = {}) =>
  databases.start(kind, nodes, { kind, plan: databases.plan(nodes), ...more });

/** db-1 is lost, and people say that it is off, and accept what is lost. */
const confirmed = async () => {
  nodes.lose('db-1');
  const downSinceMs = (await databases.env.currentTimeMs()) - 60_000;
  const run = await start('failover', { seen: { node: 'db-1', downSinceMs } });
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve', { by: 'ana' });
  await run.until(({ now }) => now.includes('nobody can say how much would be lost'));
  await run.send('approve', { by: 'ana' });
  return run;
};

const failedOver = async () => (await confirmed()).report();

const fenceOf = (node: string) => databases.fenceOf(nodes, node);

describe('a former primary of which a person said that it is off', () => {
  it('is fenced once its host is back, however long after the failover, and people are told', async () => {
    const failover = await failedOver();
    expect(failover).toMatchObject({ outcome: 'FailedOver', details: { unfenced: 'db-1' } });
    expect(failover.notes.join('\n')).toContain('db-1 is not fenced yet');
    const fence = fenceOf('db-1');
    await fence.until(({ phase }) => phase === 'unfenced');
    await fence.until(() => nodes.notifications.some(({ event }) => event === 'stuck'));
    const told = nodes.notifications.find(({ event }) => event === 'stuck');
    expect(told?.text).toContain('db-1 is not fenced yet');
    nodes.bringBack('db-1');
    const report = await fence.report();
    expect(report).toMatchObject({
      ...{ kind: 'fence', outcome: 'Fenced' },
      reason: 'db-1 takes no writes. Make it a standby: belay database rejoin --node db-1',
    });
    expect(report.details as unknown as DatabaseDetails).toMatchObject({
      ...{ from: 'db-1', to: 'db-2', fence: { how: 'killed' } },
    });
    expect(nodes.node('db-1').state).toBe('fenced');
    expect(nodes.reports.map(({ kind }) => kind)).toEqual(['failover', 'fence']);
  });

  it('is left as it is where it comes back as a standby', async () => {
    await failedOver();
    Object.assign(nodes.node('db-1'), { state: 'standby' });
    nodes.bringBack('db-1');
    expect(await fenceOf('db-1').report()).toMatchObject({
      ...{ outcome: 'NotNeeded', reason: 'db-1 was left as it is: it is a standby' },
    });
  });

  it('says why it is not fenced where its agent answers and cannot, and tries again', async () => {
    await failedOver();
    nodes.bringBack('db-1');
    nodes.script('fenceFormer', 'db-1', refused('set clusters.main.failover to true'));
    const fence = fenceOf('db-1');
    await fence.until(({ now }) => now.includes('set clusters.main.failover to true'));
    expect(await fence.report()).toMatchObject({ outcome: 'Fenced' });
  });

  it('is not waited for any more where a person says that its host never comes back', async () => {
    await failedOver();
    const fence = fenceOf('db-1');
    await fence.until(({ phase }) => phase === 'unfenced');
    await fence.send('abort', { by: 'ana' });
    expect(await fence.report()).toMatchObject({ outcome: 'Aborted' });
  });

  it('is waited for once where it is failed over from again', async () => {
    await failedOver();
    const first = fenceOf('db-1');
    await first.until(({ phase }) => phase === 'unfenced');
    const { runId } = await first.handle.describe();
    for (const name of ['db-2', 'db-3']) {
      Object.assign(nodes.node(name), { state: 'standby', timeline: 2, connected: true });
    }
    Object.assign(nodes.node('db-1'), { state: 'primary', timeline: 2 });
    nodes.acts.length = 0;
    expect(await failedOver()).toMatchObject({ outcome: 'FailedOver' });
    const second = fenceOf('db-1');
    await second.until(({ phase }) => phase === 'unfenced');
    expect((await second.handle.describe()).runId).not.toBe(runId);
    nodes.bringBack('db-1');
    expect(await second.report()).toMatchObject({ outcome: 'Fenced' });
  });
});

describe('a former primary that somebody has made the primary again', () => {
  it('is not fenced where its timeline is not older: the run ends, and people decide', async () => {
    await failedOver();
    nodes.node('db-1').timeline = 3;
    nodes.bringBack('db-1');
    expect(await fenceOf('db-1').report()).toMatchObject({
      ...{ outcome: 'NotFenced', reason: 'db-1 is a primary on timeline 3' },
    });
    expect(nodes.node('db-1').state).toBe('primary');
    expect(nodes.notifications.map(({ event }) => event)).toContain('failed');
  });

  it('is judged by the successor of its own failover, also after the run has continued as new', async () => {
    Object.assign(nodes.node('db-1'), { timeline: 3 });
    Object.assign(nodes.node('db-3'), { state: 'primary', timeline: 4 });
    const run = await databases.start(
      'fence',
      nodes,
      { plan: databases.plan(nodes), node: 'db-1' },
      [
        {
          ...{ runRef: 'one', startedAtMs: Date.now(), fenceStep: 1 },
          ...{ undos: [], steps: [], people: [], notes: [] },
          state: { name: 'db-2', systemIdentifier: '7301', timeline: 2 },
        },
      ],
    );
    expect(await run.report()).toMatchObject({ outcome: 'NotFenced', details: { to: 'db-2' } });
    expect(nodes.node('db-1').state).toBe('primary');
  });
});

describe('a former primary whose successor does not answer', () => {
  const promoted = { state: 'primary' as const, timeline: 2 };

  it('is fenced at once: the failover knows the timeline of the successor', async () => {
    nodes.script('promoteNode', 'db-2', () => {
      Object.assign(nodes.node('db-2'), promoted);
      nodes.script('examineNode', 'db-2', ...Array.from({ length: 20 }, () => absent('db-2')));
      return { timeline: 2, lsn: '0/5000000', atMs: Date.now() };
    });
    await failedOver();
    const fence = fenceOf('db-1');
    await fence.until(({ phase }) => phase === 'unfenced');
    expect(nodes.acts).toContain('fenceFormer db-1');
    nodes.bringBack('db-1');
    expect(await fence.report()).toMatchObject({ outcome: 'Fenced', details: { to: 'db-2' } });
  });

  /** The agent of db-2 dies during the promotion, which takes effect or does not. */
  const lostPromotion = async (change: object) => {
    nodes.script('promoteNode', 'db-2', () => {
      Object.assign(nodes.node('db-2'), change);
      nodes.lose('db-2');
      throw refused('the agent died');
    });
    const failover = await confirmed();
    await failover.until(({ phase }) => phase === 'undo-failed');
    const fence = fenceOf('db-1');
    const { now } = await fence.until(({ phase }) => phase === 'unfenced');
    expect(now).toContain('nobody can say whether db-2 was promoted');
    return { failover, fence };
  };

  it('is fenced once the successor is known to have been promoted, and nobody else counts', async () => {
    const { failover, fence } = await lostPromotion(promoted);
    Object.assign(nodes.node('db-3'), { state: 'primary', timeline: 2 });
    nodes.bringBack('db-1');
    await fence.until(({ now }) => now.includes('db-1 and db-3 answer as primaries'));
    expect(nodes.acts).not.toContain('fenceFormer db-1');
    nodes.bringBack('db-2');
    expect(await fence.report()).toMatchObject({ outcome: 'Fenced', details: { to: 'db-2' } });
    await failover.send('giveUp', { by: 'ana' });
    expect(await failover.report()).toMatchObject({
      ...{ outcome: 'UndoFailed', details: { unfenced: 'db-1' } },
    });
  });

  it('is left alone where the successor was not promoted, and never will be', async () => {
    const { failover, fence } = await lostPromotion({});
    nodes.bringBack('db-2');
    await failover.send('retry', { by: 'ana' });
    expect(await fence.report()).toMatchObject({ outcome: 'Aborted' });
    await failover.until(({ phase }) => phase === 'undo-failed');
    await failover.send('giveUp', { by: 'ana' });
    expect((await failover.report()).details).not.toHaveProperty('unfenced');
    expect(nodes.acts).not.toContain('fenceFormer db-1');
  });
});

describe('a fence that a person asks for', () => {
  it('is refused where no other node is the primary', async () => {
    const run = await start('fence', { node: 'db-1' });
    expect(await run.refusal()).toMatch(
      /^no other node is a primary that answers .*A node is fenced once another one is the primary$/,
    );
    expect(nodes.acts).toEqual([]);
  });

  it('does not believe a successor that somebody has written by hand', async () => {
    const successor = { node: 'db-2', systemIdentifier: '7301', after: 1, timeline: 9 };
    const run = await start('fence', { node: 'db-1', successor });
    expect(await run.refusal()).toContain('no other node is a primary that answers');
    expect(nodes.acts).toEqual([]);
  });
});
