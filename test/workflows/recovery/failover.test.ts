import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

const start = (more: object = {}, plan: object = {}) =>
  databases.start('failover', nodes, {
    kind: 'failover',
    plan: databases.plan(nodes, plan),
    ...more,
  });

const seenSince = async (downForMs: number, more: object = {}) => ({
  ...{ node: 'db-1', downSinceMs: (await databases.env.currentTimeMs()) - downForMs },
  ...more,
});

describe('a failover from a primary whose server has ended', () => {
  beforeEach(() => nodes.kill('db-1'));

  it('fences it, promotes a standby, proves that writes are back, and rejoins it', async () => {
    const report = await (await start()).report();
    expect(report).toMatchObject({
      ...{ family: 'recovery', kind: 'failover', outcome: 'FailedOver', notes: [] },
      reason: expect.stringMatching(/^db-2 took over from db-1; writes were away for/) as string,
    });
    expect(nodes.acts).toEqual([
      'fenceNode db-1',
      'promoteNode db-2',
      'proveWrites db-2',
      'prepareToLead db-2',
      'followNode db-3',
      'rejoinNode db-1',
      'proveArchiving db-2',
    ]);
    const details = report.details as unknown as DatabaseDetails;
    expect(details).toMatchObject({ from: 'db-1', to: 'db-2', streaming: ['db-1', 'db-3'] });
    expect(details.fence).toMatchObject({
      ...{ agent: 'db-1', cluster: 'main', systemIdentifier: '7301', timeline: 1 },
      ...{ lsn: '0/5000000', how: 'killed', by: 'db-1', atMs: expect.any(Number) as number },
    });
    expect(details.rejoined).toMatchObject([{ node: 'db-1', method: 'rewind' }]);
    expect(Object.keys(details.times ?? {}).toSorted()).toEqual([
      ...['confirmedAtMs', 'downSinceMs', 'fencedAtMs', 'promotedAtMs'],
      ...['redundancyBackAtMs', 'writesBackAtMs'],
    ]);
    expect(nodes.permits[0]?.scopes).toEqual([
      { of: 'database', name: nodes.name },
      { of: 'database', name: 'main' },
    ]);
    expect(report.undo).toEqual([]);
  });

  it('tells people which node took over from which', async () => {
    await (await start()).report();
    const told = nodes.notifications.find(({ event }) => event === 'succeeded');
    expect(JSON.stringify(told)).toContain('db-2 took over from db-1');
  });

  it('promotes the standby that has received most, whatever the order of the plan', async () => {
    Object.assign(nodes.node('db-2'), { receivedLsn: '0/4FFFFFF' });
    const report = await (await start()).report();
    expect(report.outcome).toBe('FailedOver');
    expect(nodes.acts).toContain('promoteNode db-3');
  });

  it('is refused with every reason where no standby can be promoted', async () => {
    Object.assign(nodes.node('db-2'), { systemIdentifier: '9999' });
    Object.assign(nodes.node('db-3'), { state: 'unusable' });
    expect(await (await start()).refusal()).toMatch(
      /no standby can be promoted: db-2: is of another cluster.*; db-3: is unusable/,
    );
    expect(nodes.acts).toEqual([]);
  });

  it('waits for a person to approve a loss above what the plan allows, and says the number', async () => {
    for (const name of ['db-2', 'db-3'])
      Object.assign(nodes.node(name), { receivedLsn: '0/4FFFF00' });
    const run = await start();
    const waiting = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(waiting.now).toContain('256 bytes of log would be lost, and 0 bytes may be');
    expect(nodes.acts).toEqual(['fenceNode db-1']);
    await run.send('approve', { by: 'ana' });
    const report = await run.report();
    expect(report.outcome).toBe('FailedOver');
    expect(report.notes[0]).toContain('ana accepted the loss');
  });

  it('starts the primary again where the loss is rejected', async () => {
    for (const name of ['db-2', 'db-3'])
      Object.assign(nodes.node(name), { receivedLsn: '0/4FFFF00' });
    const run = await start();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('reject', { by: 'ana' });
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
    expect(nodes.acts).toEqual(['fenceNode db-1', 'unfenceNode db-1']);
    expect(nodes.node('db-1').state).toBe('primary');
  });

  it('goes on where the loss is within what the plan allows', async () => {
    for (const name of ['db-2', 'db-3'])
      Object.assign(nodes.node(name), { receivedLsn: '0/4FFFF00' });
    const report = await (await start({}, { maxLoss: { bytes: 1_024 } })).report();
    expect(report).toMatchObject({
      outcome: 'FailedOver',
      reason: expect.stringContaining('256 bytes of log was lost') as string,
    });
  });

  it('keeps the standby a standby before it starts the primary again, where the promotion fails', async () => {
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringContaining('the archive has a timeline 2 already') as string,
    });
    expect(nodes.acts.slice(-3)).toEqual([
      'promoteNode db-2',
      'keepStandby db-2',
      'unfenceNode db-1',
    ]);
  });

  it('never starts the former primary again where the promotion took effect after all', async () => {
    nodes.script('promoteNode', 'db-2', () => {
      Object.assign(nodes.node('db-2'), { state: 'primary', timeline: 2 });
      throw refused('the connection broke');
    });
    const run = await start();
    await run.until(({ phase }) => phase === 'undo-failed');
    expect(nodes.acts).not.toContain('unfenceNode db-1');
    await run.send('giveUp', { by: 'ana' });
    expect(await run.report()).toMatchObject({ outcome: 'UndoFailed' });
    expect(nodes.acts).not.toContain('unfenceNode db-1');
  });

  it('asks people where a step after the promotion fails, and is Incomplete where they give it up', async () => {
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    const run = await start();
    const stuck = await run.until(({ phase }) => phase === 'stuck');
    expect(stuck).toMatchObject({
      now: 'Failed to rejoin db-1: there is no room on its disk. Answer with retry or giveUp',
      accepts: ['retry', 'giveUp'],
    });
    await run.send('giveUp', { by: 'ana' });
    expect(await run.report()).toMatchObject({
      outcome: 'Incomplete',
      reason: expect.stringContaining(
        'Not done: rejoin db-1: there is no room on its disk',
      ) as string,
    });
  });

  it('tries what failed after the promotion again when a person says so', async () => {
    nodes.script('rejoinNode', 'db-1', refused('there is no room on its disk'));
    const run = await start();
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('retry', { by: 'ana' });
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver' });
  });

  it('says what it would do, and does nothing', async () => {
    const missingRights = ['role replicator may not execute pg_ls_dir(text, boolean, boolean)'];
    Object.assign(nodes.node('db-2'), { missingRights });
    expect(await (await start({ dryRun: true })).report()).toMatchObject({
      ...{ outcome: 'Planned', reason: 'db-2 would be promoted; nothing was done' },
      notes: [`the former primary cannot come back to db-2 by a rewind: ${missingRights[0]}`],
    });
    expect(nodes.acts).toEqual([]);
  });

  it('needs enough synchronous standbys to answer', async () => {
    const seen = await seenSince(0, { synchronousStandbys: 'ANY 1 ("db-2", "db-3", "db-4")' });
    expect(await (await start({ seen })).refusal()).toContain(
      '2 of 3 synchronous standbys answer, and 3 must',
    );
  });
});

describe('a failover from a primary that answers', () => {
  it('does nothing, and says who reaches it', async () => {
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringMatching(/^db-1 is up \(db-1 reaches it/) as string,
    });
    expect(nodes.acts).toEqual([]);
  });

  it('is vetoed by one standby that reaches it, however many do not', async () => {
    Object.assign(nodes.node('db-1'), { view: 'silent', hostView: 'silent' });
    nodes.script('observeNode', 'db-3', () => ({
      by: 'db-3',
      view: 'accepting',
      detail: 'it answers',
      forMs: 0,
    }));
    const report = await (await start({ seen: await seenSince(60_000) })).report();
    expect(report.reason).toContain('db-3 reaches it');
    expect(nodes.acts).toEqual([]);
  });

  it('fences it where a person says so', async () => {
    const report = await (await start({ evenIfUp: true })).report();
    expect(report.outcome).toBe('FailedOver');
    expect(nodes.acts.slice(0, 2)).toEqual(['fenceNode db-1', 'promoteNode db-2']);
  });
});

describe('a failover from a primary whose agent is being started again', () => {
  it('asks nobody any more once its agent is back: its own host has fenced it', async () => {
    nodes.kill('db-1');
    nodes.script('fenceNode', 'db-1', absent('db-1'));
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', people: [] });
    expect(report.notes.join()).toContain('db-1 was fenced by its host, which is back');
    const { fence } = report.details as unknown as DatabaseDetails;
    expect(fence).toMatchObject({ how: 'killed', agent: expect.stringContaining('db-1') });
    expect(nodes.acts.slice(0, 3)).toEqual([
      'fenceNode db-1',
      'fenceNode db-1',
      'promoteNode db-2',
    ]);
  });

  it('does nothing where its host is back and its server takes writes: it was cut off', async () => {
    nodes.script('fenceNode', 'db-1', absent('db-1'));
    nodes.script('observeNode', 'db-1', absent('db-1'));
    Object.assign(nodes.node('db-1'), { view: 'silent', hostView: 'accepting' });
    const report = await (await start({ seen: await seenSince(60_000) })).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: 'db-1 is up, and its host is back (accepting): it was cut off',
    });
    expect(nodes.acts).toEqual(['fenceNode db-1', 'unfenceNode db-1']);
    expect(nodes.node('db-1').state).toBe('primary');
  });

  it('waits a moment for a standby whose agent is being started again, too', async () => {
    nodes.kill('db-1');
    Object.assign(nodes.node('db-3'), { state: 'unusable' });
    nodes.script('examineNode', 'db-2', absent('db-2'), absent('db-2'));
    const run = await start({ from: 'db-1' });
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver' });
    expect(nodes.acts).toContain('promoteNode db-2');
  });
});

describe('a failover from a primary whose host is lost', () => {
  beforeEach(() => nodes.lose('db-1'));
  afterEach(() => databases.endFence(nodes, 'db-1'));

  it('waits until it has been away for as long as the plan says', async () => {
    const run = await start({ seen: await seenSince(2_000, { lsn: '0/5000000' }) });
    await databases.env.sleep('12s');
    const waiting = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(waiting.now).toContain('that db-1 is off, and stays off');
    await run.send('approve', { by: 'ana' });
    await run.until(({ now }) => now.includes('nobody can say how much would be lost'));
    await run.send('approve', { by: 'ana' });
    const report = await run.report();
    expect(report.outcome).toBe('FailedOver');
    const { times } = report.details as unknown as DatabaseDetails;
    expect((times?.confirmedAtMs ?? 0) - (times?.downSinceMs ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect(report.notes.join()).toContain('db-1 is not a standby yet: its host does not answer');
  });

  it('asks a person whether it is off where it has no lease, and how much is lost where nobody knows', async () => {
    const run = await start({ seen: await seenSince(60_000) });
    const fencing = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(fencing.now).toContain('that db-1 is off, and stays off');
    await run.send('approve', { by: 'ana' });
    const losing = await run.until(({ now }) =>
      now.includes('nobody can say how much would be lost'),
    );
    expect(losing.phase).toBe('awaiting-approval');
    await run.send('approve', { by: 'bo' });
    expect(await run.report()).toMatchObject({ outcome: 'FailedOver' });
  });

  it('does not believe the end of a lease that somebody has written by hand', async () => {
    const leaseOverAtMs = await databases.env.currentTimeMs();
    const run = await start({ seen: await seenSince(60_000, { leaseOverAtMs }) });
    const fencing = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(fencing.now).toContain('that db-1 is off, and stays off');
    await run.send('abort', { by: 'ana' });
  });

  it('does not believe an agreement that somebody has written by hand, and looks itself', async () => {
    const agreed = { atMs: await databases.env.currentTimeMs(), why: 'nobody reaches it' };
    const run = await start({ seen: await seenSince(60_000, { agreed }) });
    const { steps } = await run.until(({ phase }) => phase === 'awaiting-approval');
    const confirmed = steps.find(({ name }) => name === 'confirm that db-1 is down');
    expect(confirmed?.evidence[0]?.source).toContain('db-2');
    await run.send('abort', { by: 'ana' });
  });

  it('does nothing where no agent answers: we may be the ones that are cut off', async () => {
    nodes.lose('db-2');
    nodes.lose('db-3');
    expect(await (await start({ from: 'db-1' })).refusal()).toMatch(
      /no standby can be promoted: db-2: .*did not take it up; db-3: /,
    );
    expect(nodes.acts).toEqual([]);
  });
});
