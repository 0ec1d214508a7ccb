import { describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;
let probe: { agent: string; probe: string };

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  [probe] = (await databases.witnesses(nodes, 1)) as [typeof probe];
});

const start = (kind: 'failover' | 'switchover', more: object = {}) =>
  databases.start(kind, nodes, {
    kind,
    plan: databases.plan(nodes, {
      routes: [{ service: { namespace: nodes.name, service: 'db', probe } }],
      confirmFor: '1s',
    }),
    ...more,
  });

const actsOf = (...kinds: string[]) =>
  nodes.acts.map((act) => act.split(' ')[0] ?? '').filter((act) => kinds.includes(act));

describe('clients of a Service of Kubernetes', () => {
  it('are led to the new primary once it takes writes, and a probe has to pass through it', async () => {
    const report = await (await start('switchover')).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect(
      actsOf('pauseRoute', 'fenceNode', 'promoteNode', 'proveWrites', 'switchService'),
    ).toEqual(['fenceNode', 'promoteNode', 'proveWrites', 'switchService']);
    expect((report.details as unknown as DatabaseDetails).routes).toMatchObject([
      { route: `service/${nodes.name}/db`, to: { port: 5_432 } },
    ]);
    const led = report.steps?.find(({ name }) => name.startsWith('lead clients'));
    expect(led?.evidence[0]?.value).toContain('/answers passes');
  });

  it('are led in a failover, although nobody could hold them', async () => {
    nodes.kill('db-1');
    const report = await (await start('failover')).report();
    expect(report.outcome).toBe('FailedOver');
    expect(nodes.routes.get('db')?.port).toBe(5_432);
    expect(actsOf('cutRoute')).toEqual([]);
  });

  it('are not switched over where the Service leads elsewhere, or the probe does not pass before', async () => {
    nodes.routes.set('db', { port: 5_433, isPaused: false });
    nodes.probes.set(probe.agent, { ok: false, detail: 'connection refused' });
    const refusal = await (await start('switchover')).refusal();
    expect(refusal).toContain(`leads to ${nodes.name}:5433, and not to ${nodes.name}:5431`);
    expect(refusal).toContain(
      '/answers, which has to pass afterwards, does not pass now: connection refused',
    );
    expect(nodes.acts).toEqual([]);
  });

  it('wait for a person where the Service was not led, and go on once it was', async () => {
    nodes.kill('db-1');
    const why = refused('argocd-controller writes the endpoints, too');
    nodes.script('switchService', 'db', ...Array.from({ length: 2 }, () => why));
    const run = await start('failover');
    const report = run.report();
    const { now } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toContain('argocd-controller writes the endpoints');
    await run.send('retry');
    expect((await report).outcome).toBe('FailedOver');
    expect(nodes.routes.get('db')?.port).toBe(5_432);
  });

  it('keep those of no other Service waiting', async () => {
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const led = (service: string) => {
      const to = { host: nodes.name, port: 5_432 };
      nodes.routes.set(service, { port: to.port, isPaused: false });
      return { to, detail: 'led', isPaused: false, problems: [], atMs: 0 };
    };
    nodes.script('switchService', 'db', async () => {
      await hasBegun;
      return led('db');
    });
    nodes.script('switchService', 'other', () => {
      begun();
      return led('other');
    });
    const routes = ['db', 'other'].map((service) => ({
      service: { namespace: nodes.name, service },
    }));
    const plan = databases.plan(nodes, { routes, confirmFor: '1s' });
    const report = await (
      await databases.start('switchover', nodes, { kind: 'switchover', plan })
    ).report();
    expect(report.outcome).toBe('SwitchedOver');
    expect((report.details as unknown as DatabaseDetails).routes).toHaveLength(2);
  });

  it('may still reach the former primary where a person gives them up, and the report says so', async () => {
    nodes.kill('db-1');
    const why = refused('argocd-controller writes the endpoints, too');
    nodes.script('switchService', 'db', ...Array.from({ length: 9 }, () => why));
    const run = await start('failover');
    const ended = run.report();
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    const { outcome, notes } = await ended;
    expect(outcome).toBe('Incomplete');
    expect(notes).toContain(
      `clients of service/${nodes.name}/db may still reach the former primary until somebody leads them to ${nodes.name}:5432`,
    );
  });
});
