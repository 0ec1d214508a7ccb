import { beforeEach, describe, expect, it } from 'vitest';
import type { RegionDetails } from '../../../src/contracts/recovery/region-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { clusterAway, contextOf } from '../../fixtures/scripted-services.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let witnesses: { agent: string; probe: string }[];

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  witnesses = await databases.witnesses(nodes);
  nodes.services.set('west', { replicas: 6, isReady: true, problems: [] });
  nodes.services.set('east', { replicas: 1, isReady: true, problems: [] });
});

const plan = (more: object = {}) => ({
  ...{ kind: 'regionFailover', environment: nodes.name, group: nodes.name },
  ...{ from: 'west', to: 'east', witnesses, confirmFor: '1s', automatic: true },
  databases: [
    { plan: databases.plan(nodes, { confirmFor: '1s' }), nodes: { west: 'db-1', east: 'db-2' } },
  ],
  services: [
    {
      ...{ workload: 'deployment/web', namespace: 'shop', replicas: 6, standby: 1 },
      contexts: { west: contextOf(nodes, 'west'), east: contextOf(nodes, 'east') },
    },
  ],
  names: [
    {
      ...{ agent: `${nodes.name}-pool`, router: 'www' },
      servers: { west: `${nodes.name}:5431`, east: `${nodes.name}:5432` },
    },
  ],
  ...more,
});

const failover = (more: object = {}) => databases.startRegion('regionFailover', nodes, plan(more));
const failback = (more: object = {}) =>
  databases.startRegion('regionFailback', nodes, { kind: 'regionFailback', plan: plan(more) });

function loseWest(): void {
  nodes.kill('db-1');
  for (const { agent } of witnesses) nodes.probes.set(agent, { ok: false, detail: 'no answer' });
  nodes.script('checkPart', 'west', ...Array.from({ length: 9 }, () => clusterAway('west')));
}

const replicas = (region: string) => nodes.services.get(region)?.replicas;
const serviceOf = (region: string) => nodes.services.get(region)!;
const actsNamed = (...names: string[]) =>
  nodes.acts.filter((act) => names.includes(act.split(' ')[0] ?? ''));

describe('the services of a region that is lost', () => {
  beforeEach(loseWest);

  it('are scaled up before databases move, and names wait until they are ready', async () => {
    serviceOf('east').isReady = false;
    const run = await failover();
    await run.until(({ steps }) =>
      steps.some(({ evidence }) => evidence.some(({ value }) => value.includes('ImagePull'))),
    );
    expect(nodes.routes.get('www')?.port ?? 5_431).toBe(5_431);
    serviceOf('east').isReady = true;
    const report = await run.report();
    expect(report.outcome).toBe('FailedOver');
    expect(actsNamed('freeze', 'scale', 'promoteNode', 'switchRoute', 'thaw')).toEqual([
      ...['freeze', 'scale east 6', 'promoteNode db-2', 'switchRoute www', 'thaw'],
    ]);
    const { services, times } = report.details as unknown as RegionDetails;
    expect(services).toEqual([
      { service: 'shop/deployment/web', region: 'east', before: 1, replicas: 6 },
    ]);
    expect(times.servicesReadyAtMs).toBeLessThanOrEqual(times.namesAtMs ?? 0);
    expect(report.notes).toEqual([
      'shop/deployment/web in west is left as it is: the API server of west does not answer',
    ]);
  });

  it('are left as they are where more are running already', async () => {
    serviceOf('east').replicas = 8;
    const report = await (await failover()).report();
    expect(report.outcome).toBe('FailedOver');
    expect(replicas('east')).toBe(8);
    expect(actsNamed('scale')).toEqual([]);
  });

  it('keep no database waiting where they could not be scaled, and are tried again before names lead there', async () => {
    nodes.script('performPart', 'east', refused('exceeded quota: pods'));
    const report = await (await failover()).report();
    expect(report.outcome).toBe('FailedOver');
    expect(actsNamed('scale', 'promoteNode', 'switchRoute')).toEqual([
      ...['scale east 6', 'promoteNode db-2', 'scale east 6', 'switchRoute www'],
    ]);
    expect(replicas('east')).toBe(6);
  });

  it('are told of as they were before, also where a first attempt landed and was not answered', async () => {
    nodes.script('performPart', 'east', () => {
      serviceOf('east').replicas = 6;
      throw refused('the answer was lost');
    });
    const report = await (await failover()).report();
    expect(report.outcome).toBe('FailedOver');
    expect((report.details as unknown as RegionDetails).services).toEqual([
      { service: 'shop/deployment/web', region: 'east', before: 1, replicas: 6 },
    ]);
  });

  it('lead no names until a person gives them up, and the outage is then not known', async () => {
    serviceOf('east').isReady = false;
    const run = await failover();
    await databases.env.sleep('15m');
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('not ready after 10m: 0 of 6: container web: ImagePullBackOff');
    expect(actsNamed('switchRoute')).toEqual([]);
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(nodes.routes.get('www')?.port).toBe(5_432);
    const { objectives } = report.details as unknown as RegionDetails;
    expect(objectives).toMatchObject([{ name: 'RTO', verdict: 'unmeasured' }, { name: 'RPO' }]);
  });

  it('lead no names where something else has scaled them down meanwhile, until that is mended', async () => {
    nodes.script('promoteNode', 'db-2', () => {
      serviceOf('east').replicas = 2;
      nodes.node('db-2').state = 'primary';
      nodes.node('db-2').timeline = 2;
      return { timeline: 2, lsn: '0/5000000', atMs: Date.now() };
    });
    const report = await (await failover()).report();
    expect(report.outcome).toBe('FailedOver');
    expect(replicas('east')).toBe(6);
  });

  it('are scaled back where no database has moved', async () => {
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover();
    await run.until(({ phase }) => phase === 'stuck');
    expect(replicas('east')).toBe(6);
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Failed');
    expect(actsNamed('scaleBack', 'thaw')).toEqual(['scaleBack east 1', 'thaw']);
    expect(replicas('east')).toBe(1);
  });

  it('stay as somebody else has scaled them meanwhile where no database has moved', async () => {
    nodes.script('promoteNode', 'db-2', refused('the archive has a timeline 2 already'));
    const run = await failover();
    await run.until(({ phase }) => phase === 'stuck');
    serviceOf('east').replicas = 9;
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Failed');
    expect(replicas('east')).toBe(9);
  });

  it('are scaled back where the run is aborted while they are scaled', async () => {
    let scaled: () => void = () => undefined;
    const isScaled = new Promise<void>((resolve) => (scaled = resolve));
    let goOn: () => void = () => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    nodes.script('performPart', 'east', async () => {
      serviceOf('east').replicas = 6;
      scaled();
      await mayGoOn;
      return { outputs: {}, seen: [] };
    });
    const run = await failover();
    const ended = run.report();
    await isScaled;
    await run.send('abort');
    goOn();
    expect((await ended).outcome).toBe('Aborted');
    expect(replicas('east')).toBe(1);
    expect(actsNamed('promoteNode')).toEqual([]);
  });

  it('may be all that moves', async () => {
    const report = await (await failover({ databases: [], names: [] })).report();
    expect(report.outcome).toBe('FailedOver');
    expect(nodes.acts).toEqual(['freeze', 'scale east 6', 'thaw']);
  });

  it('are refused with every reason before anything is done', async () => {
    serviceOf('east').problems = ['deployments.apps "web" not found'];
    nodes.routes.set('www', { port: 5_439, isPaused: false });
    const refusal = await (await failover()).refusal();
    expect(refusal).toContain(
      'service shop/deployment/web in east: deployments.apps "web" not found',
    );
    expect(refusal).toContain('/www leads to');
    expect(nodes.acts).toEqual([]);
  });
});

describe('the services of a region that is back', () => {
  beforeEach(() => {
    nodes.routes.set('www', { port: 5_432, isPaused: false });
    const standby = { state: 'standby', connected: true, receivedLsn: '0/5000000' } as const;
    Object.assign(nodes.node('db-1'), standby);
    Object.assign(nodes.node('db-2'), { state: 'primary', connected: false });
    serviceOf('west').replicas = 0;
    serviceOf('east').replicas = 6;
  });

  it('are scaled up there before, and down in the other region once the soak has passed', async () => {
    const probes = witnesses.slice(0, 1);
    const report = await (await failback({ soak: { for: '1m', probes } })).report();
    expect(report.outcome).toBe('FailedBack');
    expect(actsNamed('scale', 'switchRoute', 'thaw')).toEqual([
      ...['scale west 6', 'switchRoute www', 'scale east 1', 'thaw'],
    ]);
    expect((report.details as unknown as RegionDetails).services).toMatchObject([
      { region: 'west', before: 0, replicas: 6 },
      { region: 'east', before: 6, replicas: 1 },
    ]);
    expect((report.details as unknown as RegionDetails).objectives).toMatchObject([
      { name: 'RTO', verdict: 'met' },
      { name: 'RPO' },
    ]);
  });

  it('stay as they are in the other region where the plan says nothing of it', async () => {
    const services = plan().services.map(({ standby: _, ...service }) => service);
    const report = await (await failback({ services })).report();
    expect(report.outcome).toBe('FailedBack');
    expect(replicas('east')).toBe(6);
  });

  it('stay as they are in the other region where those of this one were given up', async () => {
    serviceOf('west').isReady = false;
    const run = await failback();
    await databases.env.sleep('15m');
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(replicas('east')).toBe(6);
    expect(report.notes).toContain(
      'shop/deployment/web in east is left as it is: not everything serves in west',
    );
  });

  it('stay as they are in the other region where a name still leads there', async () => {
    nodes.script('switchRoute', 'www', refused('REFUSED by the name server'));
    const run = await failback();
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    expect((await run.report()).outcome).toBe('Incomplete');
    expect(actsNamed('scale')).toEqual(['scale west 6']);
    expect(replicas('east')).toBe(6);
  });

  it('make the move incomplete where they could not be scaled down', async () => {
    nodes.script('performPart', 'east', refused('deployments.apps "web" is forbidden'));
    const report = await (await failback()).report();
    expect(report).toMatchObject({
      outcome: 'Incomplete',
      reason: expect.stringMatching(
        /Not done: scale shop\/deployment\/web down in east: .*forbidden/,
      ) as string,
    });
  });

  it('are refused where the other region would not let them be scaled down', async () => {
    serviceOf('east').problems = ['the autoscaler web sets the replicas of shop/deployment/web'];
    expect(await (await failback()).refusal()).toContain(
      'service shop/deployment/web in east: the autoscaler web sets the replicas',
    );
    expect(nodes.acts).toEqual([]);
  });
});
