import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import type { ScriptedRun } from '../../fixtures/scripted-run.ts';
import { longestStartMs } from '../../fixtures/scripted-rollouts.ts';
import type { WatchMemory } from '../../../src/policies/recovery/databases/decide-recovery.ts';
import type { SeenPrimary } from '../../../src/specs/recovery/failover.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

beforeAll(async () => {
  databases = await ScriptedDatabases.start();
}, longestStartMs);

afterAll(() => databases.stop());

beforeEach(async () => {
  nodes = await databases.nodes();
});

const watch = async (more: object = {}): Promise<ScriptedRun> => {
  const run = await databases.start('databaseWatch', nodes, databases.plan(nodes, more));
  await run.until(({ phase, now }) => phase === 'working' && now.startsWith('Watching db-1'));
  return run;
};

/** Agents are asked again after 30 s. Once a primary is watched again, no time is skipped. */
const untilAskedMs = 31_000;

const promotions = () => nodes.acts.filter((act) => act.startsWith('promoteNode')).length;

const stopped = async (run: ScriptedRun) => {
  await run.send('abort', { by: 'ana' });
  return run.report();
};

/** What a watch is given that goes on as new. */
const continuationOf = (startedAtMs: number, state: WatchMemory) => ({
  ...{ runRef: 'one', startedAtMs, fenceStep: 0 },
  ...{ undos: [], steps: [], people: [], notes: [], state },
});

describe('the watch of a database', () => {
  it('fails over by itself where the server has ended, and watches the new primary', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.acts.slice(0, 2)).toEqual(['fenceNode db-1', 'promoteNode db-2']);
    expect(nodes.reports.map(({ kind, outcome }) => `${kind}: ${outcome}`)).toEqual([
      'failover: FailedOver',
    ]);
    expect(await stopped(run)).toMatchObject({ outcome: 'Stopped' });
  });

  it('fails over by itself from a server that only does not answer', async () => {
    const run = await watch({ automatic: true, confirmFor: '1s' });
    nodes.freeze('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.reports.map(({ outcome }) => outcome)).toEqual(['FailedOver']);
    const [failover] = nodes.reports;
    const confirmed = failover?.steps?.find(({ name }) => name === 'confirm that db-1 is down');
    expect(confirmed?.evidence).toMatchObject([{ what: 'down', source: 'the watch' }]);
    await stopped(run);
  });

  it('asks a person where the plan does not say that it may', async () => {
    const run = await watch();
    nodes.kill('db-1');
    const down = await run.until(({ phase }) => phase === 'down');
    expect(down.now).toContain('so a person fails over');
    expect(nodes.acts).toEqual([]);
    await run.until(() => nodes.notifications.some(({ event }) => event === 'stuck'));
    await stopped(run);
  });

  it('judges again once agents answer that were all away: a primary that was fenced meanwhile is replaced', async () => {
    const run = await watch({ automatic: true, confirmFor: '1s' });
    for (const { name } of nodes.nodes) nodes.lose(name);
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('we may be the ones cut off');
    expect(nodes.acts).toEqual([]);
    for (const { name } of nodes.nodes) nodes.bringBack(name);
    Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
    await databases.env.sleep(untilAskedMs);
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.reports.map(({ outcome }) => outcome)).toEqual(['FailedOver']);
    await stopped(run);
  });

  it('judges again, too, where agents answer right after a look that none of them answered', async () => {
    for (const { name } of nodes.nodes) nodes.script('observeNode', name, absent(name));
    const run = await watch({ automatic: true, confirmFor: '1s' });
    Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
    nodes.change();
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('we may be the ones cut off');
    await databases.env.sleep(untilAskedMs);
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.reports.map(({ outcome }) => outcome)).toEqual(['FailedOver']);
    await stopped(run);
  });

  it('that has continued as new fails over from a primary whose server has ended meanwhile', async () => {
    nodes.kill('db-1');
    const continuation = continuationOf(await databases.env.currentTimeMs(), { watched: 'db-1' });
    const plan = databases.plan(nodes, { automatic: true });
    const run = await databases.start('databaseWatch', nodes, plan, [continuation]);
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.reports.map(({ outcome }) => outcome)).toEqual(['FailedOver']);
    await stopped(run);
  });

  it('that has continued as new asks people where another node is away: it may have been promoted', async () => {
    nodes.kill('db-1');
    nodes.lose('db-2');
    const continuation = continuationOf(await databases.env.currentTimeMs(), { watched: 'db-1' });
    const plan = databases.plan(nodes, { automatic: true });
    const run = await databases.start('databaseWatch', nodes, plan, [continuation]);
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('There is no primary to watch');
    expect(promotions()).toBe(0);
    await stopped(run);
  });

  describe('that has continued as new while people are asked', () => {
    const continued = async (more: object): Promise<ScriptedRun> => {
      Object.assign(nodes.node('db-1'), { state: 'fenced', view: 'refused', hostView: 'ended' });
      const startedAtMs = await databases.env.currentTimeMs();
      const missed = { node: 'db-1', why: 'no agent of its nodes answers', hasEnded: false };
      const continuation = continuationOf(startedAtMs, {
        missed: { ...missed, sinceMs: startedAtMs, ...more },
      });
      const plan = databases.plan(nodes, { automatic: true, confirmFor: '1s' });
      const run = await databases.start('databaseWatch', nodes, plan, [continuation]);
      const { now } = await run.until(({ phase }) => phase === 'down');
      expect(now).toBe('db-1 is not watched any more: no agent of its nodes answers');
      return run;
    };

    it('still judges again once agents answer', async () => {
      const run = await continued({ answered: 0 });
      await databases.env.sleep(untilAskedMs);
      await run.until(({ now }) => now.startsWith('Watching db-2'));
      expect(nodes.reports.map(({ outcome }) => outcome)).toEqual(['FailedOver']);
      await stopped(run);
    });

    it('still judges again what a person acknowledges', async () => {
      const run = await continued({});
      await databases.env.sleep('2m');
      expect((await run.status()).phase).toBe('down');
      await run.send('acknowledge', { by: 'ana' });
      await run.until(({ now }) => now.startsWith('Watching db-2'));
      await stopped(run);
    });
  });

  describe('that begins while the only primary is fenced', () => {
    const began = (more: object = { automatic: true }) =>
      databases.start('databaseWatch', nodes, databases.plan(nodes, more));

    it('replaces one that fenced itself once its lease had run out', async () => {
      nodes.fence('db-1', 'lease-expired');
      const run = await began();
      await run.until(({ now }) => now.startsWith('Watching db-2'));
      expect(nodes.acts).toContain('promoteNode db-2');
      expect(nodes.reports).toMatchObject([{ outcome: 'FailedOver', people: [] }]);
      await stopped(run);
    });

    it.each<[string, object, () => unknown]>([
      ['a run has fenced it', { automatic: true }, () => nodes.fence('db-1', 'killed')],
      [
        'another node is away: it may have been promoted',
        { automatic: true },
        () => {
          nodes.fence('db-1', 'lease-expired');
          nodes.lose('db-3');
        },
      ],
      ['the plan leaves it to them', {}, () => nodes.fence('db-1', 'lease-expired')],
    ])('asks people where %s', async (_, more, fence) => {
      fence();
      const run = await began(more);
      const { now } = await run.until(({ phase }) => phase === 'down');
      expect(now).toContain('There is no primary to watch');
      await databases.env.sleep('5m');
      expect((await run.status()).now).toContain('There is no primary to watch');
      expect(promotions()).toBe(0);
      await stopped(run);
    });
  });

  it('tells the failover when everybody began to look, not when it heard of that', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    const { steps } = await run.until(({ now }) => now.startsWith('Watching db-2'));
    const look = steps.find(({ name }) => name === 'look at db-1');
    const { seen } = nodes.reports[0]?.spec as { seen: SeenPrimary };
    expect(seen.agreed?.atMs).toBe(look?.startedAtMs);
    await stopped(run);
  });

  it('does not fail over to a standby of a node that was promoted meanwhile, and has ended', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-2');
    for (const name of ['db-2', 'db-3']) Object.assign(nodes.node(name), { timeline: 2 });
    nodes.kill('db-1');
    const { now } = await run.until(({ phase }) => phase === 'down');
    expect(now).toContain('timeline 2 is later than 1, that of db-1, and it may have been db-2');
    expect(promotions()).toBe(0);
    await stopped(run);
  });

  it('tells the failover the timeline on which it saw the primary last', async () => {
    for (const node of nodes.nodes) Object.assign(node, { timeline: 7 });
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.reports[0]?.spec).toMatchObject({ seen: { node: 'db-1', timeline: 7 } });
    await stopped(run);
  });

  it('restarts a server that has ended in place first, where the plan says so', async () => {
    const run = await watch({ automatic: true, restartFirst: '10s' });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-1') && nodes.acts.length > 0);
    expect(nodes.acts).toEqual(['restartNode db-1']);
    await stopped(run);
  });

  it('fails over from a server that does not come back where it is', async () => {
    nodes.script('restartNode', 'db-1', refused('its disk is full'));
    const run = await watch({ automatic: true, restartFirst: '10s' });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    expect(nodes.acts.slice(0, 3)).toEqual([
      'restartNode db-1',
      'fenceNode db-1',
      'promoteNode db-2',
    ]);
    await stopped(run);
  });

  it('does not fail over by itself twice within an hour, unless somebody acknowledges the first', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.kill('db-2');
    const down = await run.until(({ phase }) => phase === 'down');
    expect(down.now).toContain('It failed over by itself less than 1h ago');
    await run.send('acknowledge', { by: 'ana' });
    await run.until(() => promotions() === 2);
    await stopped(run);
  });

  it('does not take what is acknowledged while it looks for a word about the failover that follows', async () => {
    const run = await watch({ automatic: true });
    nodes.script('observeNode', 'db-2', async () => {
      await run.send('acknowledge', { by: 'ana' });
      return { by: 'db-2', view: 'refused', detail: 'nobody listens', forMs: 0 };
    });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.kill('db-2');
    const down = await run.until(({ phase }) => phase === 'down');
    expect(down.now).toContain('It failed over by itself less than 1h ago');
    expect(promotions()).toBe(1);
    await stopped(run);
  });

  it('may fail over by itself again once a person has failed the database over', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.kill('db-2');
    await run.until(({ phase }) => phase === 'down');
    const plan = databases.plan(nodes);
    const person = await databases.start('failover', nodes, { kind: 'failover', plan });
    expect(await person.report()).toMatchObject({ outcome: 'FailedOver' });
    const { now, people } = await run.until(
      ({ phase, people }) => phase === 'working' && people.length > 0,
    );
    expect(people).toMatchObject([{ verb: 'acknowledge', by: 'ana' }]);
    nodes.kill(/^Watching (db-\d)/.exec(now)?.[1] ?? '');
    await run.until(() => promotions() === 3);
    await stopped(run);
  });

  it('may fail over by itself again once a person has switched the database over: that acknowledges, too', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.script('awaitReplay', 'db-3', async () => {
      nodes.change();
      await run.until(({ phase }) => phase === 'down');
      return { lsn: '0/5000000' };
    });
    const spec = { kind: 'switchover', plan: databases.plan(nodes), to: 'db-3' };
    const person = await databases.start('switchover', nodes, spec);
    expect(await person.report()).toMatchObject({ outcome: 'SwitchedOver' });
    await run.until(({ now }) => now.startsWith('Watching db-3'));
    nodes.kill('db-3');
    await run.until(() => promotions() === 3);
    await stopped(run);
  });

  it('does not, where something else has made another primary: nobody has seen to it', async () => {
    const run = await watch({ automatic: true });
    nodes.kill('db-1');
    await run.until(({ now }) => now.startsWith('Watching db-2'));
    nodes.kill('db-2');
    await run.until(({ phase }) => phase === 'down');
    Object.assign(nodes.node('db-3'), { state: 'primary', timeline: 3 });
    // An activity may be late in time that is skipped: then it looks again.
    while (!(await run.status()).now.startsWith('Watching db-3')) await databases.env.sleep('31s');
    nodes.kill('db-3');
    const down = await run.until(({ phase }) => phase === 'down');
    expect(down.now).toContain('It failed over by itself less than 1h ago');
    expect(promotions()).toBe(1);
    await stopped(run);
  });
});
