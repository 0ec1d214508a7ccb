import { beforeEach, describe, expect, it } from 'vitest';
import type { RegionDetails } from '../../../src/contracts/recovery/region-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let orders: ScriptedNodes;
let witnesses: { agent: string; probe: string }[];

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  orders = await databases.nodes();
  witnesses = await databases.witnesses(nodes);
});

const databaseOf = (of: ScriptedNodes) => ({
  plan: databases.plan(of, { confirmFor: '1s' }),
  nodes: { west: 'db-1', east: 'db-2' },
});

const plan = (more: object = {}) => ({
  ...{ kind: 'regionFailover', environment: nodes.name, group: nodes.name },
  ...{ from: 'west', to: 'east', witnesses, confirmFor: '1s' },
  databases: [databaseOf(nodes)],
  objectives: { rto: '15m', rpo: '0s' },
  ...more,
});

const failover = (more: object = {}) => databases.startRegion('regionFailover', nodes, plan(more));
const failback = () =>
  databases.startRegion('regionFailback', nodes, { kind: 'regionFailback', plan: plan() });

function loseWest(): void {
  for (const each of [nodes, orders]) each.kill('db-1');
  for (const { agent } of witnesses) nodes.probes.set(agent, { ok: false, detail: 'no answer' });
}

/** Somebody promotes db-2, and nobody can ask db-1 whether it was promoted later. */
function promoteUnasked(): void {
  nodes.lose('db-1');
  Object.assign(nodes.node('db-2'), { state: 'primary', timeline: 2 });
}

function placeInEast(): void {
  Object.assign(nodes.node('db-1'), { state: 'standby', connected: true });
  Object.assign(nodes.node('db-1'), { receivedLsn: '0/5000000' });
  Object.assign(nodes.node('db-2'), { state: 'primary', connected: false });
}

const verdictsIn = ({ details }: { details: unknown }) =>
  (details as RegionDetails).objectives.map(({ name, verdict }) => `${name} ${verdict}`);

describe('a move that is aborted while change control does not answer', () => {
  it.each([
    ['by switchovers', placeInEast, failback],
    ['by failovers', loseWest, () => failover({ automatic: true })],
  ])('moves nothing %s', async (_, given, start) => {
    given();
    let answer: () => void = () => undefined;
    nodes.freezing = () => new Promise<void>((resolve) => (answer = resolve));
    const run = await start();
    await run.until(() => nodes.acts.includes('freeze'));
    await run.send('abort');
    answer();
    expect((await run.report()).outcome).toBe('Aborted');
    expect(nodes.acts).toEqual(['freeze', 'thaw']);
  });
});

describe('a database that somebody else moves meanwhile', () => {
  beforeEach(loseWest);

  it('is seen once a person has said that the region is lost, and is approved', async () => {
    nodes.probes.set(witnesses[1]!.agent, refused('agent is away'));
    const run = await failover({ automatic: true });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    promoteUnasked();
    await run.send('approve');
    const { now } = await run.until(
      ({ phase, now }) => phase === 'awaiting-approval' && !now.includes('that west is lost'),
    );
    expect(now).toContain('nobody can say which of the two was promoted last');
    await run.send('approve');
    const report = await run.report();
    expect(report.outcome).toBe('FailedOver');
    expect(verdictsIn(report)).toEqual(['RTO met', 'RPO unmeasured']);
  });

  it('is taken as it is only by a person who has read so, where it came after the approval', async () => {
    const run = await failover();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    promoteUnasked();
    await run.send('approve');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toMatch(/nobody can say which of the two .*; retry takes it as it is/);
    await run.send('retry');
    const report = await run.report();
    expect(report.outcome).toBe('FailedOver');
    expect((report.details as unknown as RegionDetails).databases).toMatchObject([
      { outcome: 'AlreadyThere' },
    ]);
  });
});

describe('a database that is given up', () => {
  it('is not served, so neither objective is met', async () => {
    loseWest();
    orders.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover({
      ...{ automatic: true, databases: [databaseOf(nodes), databaseOf(orders)] },
    });
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(verdictsIn(report)).toEqual(['RTO unmeasured', 'RPO unmeasured']);
  });
});
