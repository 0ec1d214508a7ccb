import { beforeEach, describe, expect, it } from 'vitest';
import type { RegionDetails } from '../../../src/contracts/recovery/region-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let witnesses: { agent: string; probe: string }[];

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  witnesses = await databases.witnesses(nodes);
});

const plan = (more: object = {}) => ({
  ...{ kind: 'regionFailover', environment: nodes.name, group: nodes.name },
  ...{ from: 'west', to: 'east', witnesses, confirmFor: '1s' },
  databases: [
    { plan: databases.plan(nodes, { confirmFor: '1s' }), nodes: { west: 'db-1', east: 'db-2' } },
  ],
  names: [
    {
      ...{ agent: `${nodes.name}-pool`, router: 'www' },
      servers: { west: `${nodes.name}:5431`, east: `${nodes.name}:5432` },
    },
  ],
  objectives: { rto: '15m', rpo: '0s' },
  ...more,
});

const failover = (more: object = {}) => databases.startRegion('regionFailover', nodes, plan(more));
const failback = (more: object = {}) =>
  databases.startRegion('regionFailback', nodes, { kind: 'regionFailback', plan: plan(more) });

function loseWest(): void {
  nodes.kill('db-1');
  for (const { agent } of witnesses) nodes.probes.set(agent, { ok: false, detail: 'no answer' });
}

describe('a region that is lost', () => {
  it('is frozen, approved with its loss, and taken over from: databases first, then names', async () => {
    loseWest();
    const run = await failover();
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toMatch(/moving shop-\S+ from west to east \(.*db-2 has received 0\/5000000/);
    expect(nodes.acts).toEqual(['freeze']);
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: ['ana approved the move'] });
    const acts = nodes.acts.map((act) => act.split(' ')[0]);
    const order = ['freeze', 'fenceNode', 'promoteNode', 'proveWrites', 'switchRoute', 'thaw'];
    expect(acts.filter((act) => order.includes(act ?? ''))).toEqual(order);
    expect(nodes.routes.get('www')?.port).toBe(5_432);
    const details = report.details as unknown as RegionDetails;
    expect(details.databases).toMatchObject([
      { database: nodes.name, outcome: 'FailedOver', loss: { bytes: 0 } },
    ]);
    expect(details.objectives).toMatchObject([
      { name: 'RTO', verdict: 'met' },
      { name: 'RPO', measuredMs: 0, verdict: 'met' },
    ]);
  });

  it('moves without an approval where the plan is automatic', async () => {
    loseWest();
    const report = await (await failover({ automatic: true, confirmFor: '60s' })).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    const { times } = report.details as unknown as RegionDetails;
    const { lostSinceMs = 0, confirmedAtMs = 0 } = times;
    expect(confirmedAtMs - lostSinceMs).toBeGreaterThanOrEqual(60_000);
  });

  it('is not lost where one witness reaches it', async () => {
    loseWest();
    nodes.probes.set(witnesses[1]!.agent, { ok: true, detail: 'HTTP 200' });
    const report = await (await failover()).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringMatching(/^west can be reached \(.*HTTP 200\)/) as string,
    });
    expect(nodes.acts).toEqual([]);
  });

  it('is asked for again at once where the agent of a witness dies meanwhile: it is missed after 5 s', async () => {
    loseWest();
    nodes.probes.set(witnesses[1]!.agent, { ok: true, detail: 'HTTP 200' });
    const run = await failover();
    await run.report();
    const { events } = await run.handle.fetchHistory();
    const asked = (events ?? [])
      .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled)
      .filter((scheduled) => scheduled?.activityType?.name === 'runProbe');
    expect(asked.length).toBeGreaterThan(0);
    for (const scheduled of asked) expect(Number(scheduled?.heartbeatTimeout?.seconds)).toBe(5);
  });

  it('is left alone where no witness answers: Belay may be the one that is cut off', async () => {
    for (const { agent } of witnesses) nodes.probes.set(agent, refused('agent is away'));
    const report = await (await failover()).report();
    expect(report.reason).toMatch(/^no witness answers: .*; nothing was done$/);
    expect(nodes.acts).toEqual([]);
  });

  it('is thawed where the move is aborted before a database moves', async () => {
    loseWest();
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('abort');
    expect((await run.report()).outcome).toBe('Aborted');
    expect(nodes.acts[0]).toBe('freeze');
    expect(nodes.acts.slice(1)).toEqual(['thaw']);
  });

  it('is refused with every reason where the other cannot take over', async () => {
    Object.assign(nodes.node('db-2'), { state: 'fenced' });
    nodes.routes.set('www', { port: 5_439, isPaused: false });
    const refusal = await (await failover()).refusal();
    expect(refusal).toContain('db-2 is fenced, and no standby');
    expect(refusal).toContain('/www leads to');
  });

  it('would move, and nothing is done in a dry run', async () => {
    loseWest();
    const report = await (await failover({ dryRun: true })).report();
    expect(report.outcome).toBe('Planned');
    expect(nodes.acts).toEqual([]);
  });
});

describe('a region that comes back while people are waited for', () => {
  it('is not failed over from: witnesses are asked once more after the approval', async () => {
    loseWest();
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    nodes.probes.set(witnesses[0]!.agent, { ok: true, detail: 'HTTP 200' });
    await run.send('approve');
    const report = await run.report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringMatching(/^west can be reached \(.*HTTP 200\)/) as string,
    });
    expect(nodes.acts).toEqual(['freeze', 'thaw']);
  });

  it('is not failed over from by a person who could say that it was lost', async () => {
    loseWest();
    nodes.probes.set(witnesses[1]!.agent, refused('agent is away'));
    const run = await failover({ automatic: true });
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('that west is lost');
    nodes.probes.set(witnesses[1]!.agent, { ok: true, detail: 'HTTP 200' });
    await run.send('approve');
    expect((await run.report()).reason).toContain('west can be reached');
    expect(nodes.acts).toEqual([]);
  });

  it('has been down for its databases only since it was confirmed last', async () => {
    loseWest();
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await databases.env.sleep('2h');
    await run.send('approve');
    const { times } = (await run.report()).details as unknown as RegionDetails;
    const child = await databases.childOf(nodes, 'failover').report();
    const { seen } = child.spec as { seen: { downSinceMs: number } };
    expect(seen.downSinceMs - times.lostSinceMs!).toBeGreaterThan(7_200_000);
  });
});

describe('a database that is a primary there already', () => {
  const splitBrain = () => {
    Object.assign(nodes.node('db-2'), { state: 'primary', timeline: 2 });
    nodes.routes.set('www', { port: 5_432, isPaused: false });
  };

  it('is not failed back to where another one takes writes', async () => {
    splitBrain();
    expect(await (await failback()).refusal()).toContain('db-1 and db-2 are both primaries');
    expect(nodes.routes.get('www')?.port).toBe(5_432);
  });

  it('is not failed back to where nobody can say what the other one is', async () => {
    splitBrain();
    nodes.lose('db-2');
    expect(await (await failback()).refusal()).toContain('db-2 does not answer');
  });

  it('is not failed over to where another one takes writes', async () => {
    splitBrain();
    expect(await (await failover()).refusal()).toContain('db-1 and db-2 are both primaries');
  });

  it('is moved by nobody without an approval where it may be out of date', async () => {
    loseWest();
    splitBrain();
    nodes.lose('db-1');
    const run = await failover({ automatic: true });
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('nobody can say which of the two');
    await run.send('approve');
    const report = await run.report();
    expect((report.details as unknown as RegionDetails).databases).toMatchObject([
      { outcome: 'AlreadyThere' },
    ]);
  });

  it('is left as it is, and people are asked, where a second one comes meanwhile', async () => {
    loseWest();
    splitBrain();
    nodes.lose('db-1');
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    nodes.bringBack('db-1');
    Object.assign(nodes.node('db-1'), { state: 'primary', timeline: 3 });
    await run.send('approve');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('are both primaries');
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(nodes.acts.at(-1)).toBe('thaw');
    expect(nodes.acts.some((act) => act.startsWith('switchRoute'))).toBe(false);
  });
});

describe('a move that has begun', () => {
  beforeEach(loseWest);

  it('leads no names where no database has moved, and is undone', async () => {
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover({ automatic: true });
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toMatch(/^no database moved to east: names lead to where they did/);
    expect(nodes.routes.get('www')?.port).toBe(5_431);
    expect(nodes.acts.at(-1)).toBe('thaw');
  });

  it('is carried on where a database did not move at first, and cannot be aborted', async () => {
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover({ automatic: true });
    const { now, accepts } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('the archive has a timeline 2 already');
    expect(accepts).not.toContain('abort');
    expect(nodes.routes.get('www')?.port).toBe(5_431);
    nodes.kill('db-1');
    await run.send('retry');
    expect((await run.report()).outcome).toBe('FailedOver');
    expect(nodes.routes.get('www')?.port).toBe(5_432);
  });

  it('is incomplete where its soak fails and is given up', async () => {
    const [, office] = witnesses;
    const run = await failover({
      automatic: true,
      soak: { for: '5m', every: '30s', probes: [office] },
    });
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toMatch(/Failed to soak for 5m: .*no answer/);
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toContain('Not done: soak for 5m');
    expect(nodes.acts.at(-1)).toBe('thaw');
  });
});

describe('a group that moves back', () => {
  it('loses nothing: by switchovers, then names, once its region is whole again', async () => {
    loseWest();
    expect((await (await failover({ automatic: true })).report()).outcome).toBe('FailedOver');
    const early = await (await failback()).refusal();
    expect(early).toContain('west is not back');
    nodes.probes.clear();
    Object.assign(nodes.node('db-1'), { view: 'accepting' });
    const report = await (await failback()).report();
    expect(report.outcome).toBe('FailedBack');
    expect(nodes.primary().name).toBe('db-1');
    expect(nodes.routes.get('www')?.port).toBe(5_431);
    expect((report.details as unknown as RegionDetails).databases).toMatchObject([
      { outcome: 'SwitchedOver', loss: { bytes: 0, ms: 0 } },
    ]);
  });
});
