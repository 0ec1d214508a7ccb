import { describe, expect, it } from 'vitest';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { refused, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
  nodes.kill('db-1');
});

const start = (plan: object = {}) =>
  databases.start('failover', nodes, { kind: 'failover', plan: databases.plan(nodes, plan) });

const archived = () => ({ segment: '000000020000000000000005', repositories: ['main'] });

const backup = () => ({
  ...{ environment: nodes.name, backup: 'shop', agent: 'db-1' },
  components: { database: { postgres: { cluster: 'former' }, repositories: ['main'] } },
});

describe('the log after a promotion', () => {
  it('is Incomplete where it does not arrive: the promotion stays, and it says what to do', async () => {
    const why = 'segment 000000020000000000000005 has not arrived in main in time';
    nodes.script('proveArchiving', 'db-2', () => {
      throw refused(why);
    });
    const report = await (await start()).report();
    expect(report).toMatchObject({ outcome: 'Incomplete' });
    expect(report.reason).toContain(why);
    expect(report.reason).toContain('correct it, then make a full backup');
    expect(nodes.node('db-2').state).toBe('primary');
    expect(nodes.acts).toContain('rejoinNode db-1');
  });

  it('asks for a full backup where the plan names none', async () => {
    nodes.script('proveArchiving', 'db-2', archived);
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'FailedOver',
      notes: [expect.stringMatching(/^make a full backup of db-2: belay backup run/)],
    });
  });

  it('is backed up in full by the plan that is named, from the new primary, in a run of its own', async () => {
    nodes.script('proveArchiving', 'db-2', archived);
    const report = await (await start({ backup: backup() })).report();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    const started = databases.env.client.workflow.getHandle(`backup/${nodes.name}/shop`);
    const { type } = await started.describe();
    expect(type).toBe('backup');
    const { events } = await started.fetchHistory();
    const [first] = events ?? [];
    const payload = first?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(JSON.parse(Buffer.from(payload ?? []).toString())).toMatchObject({
      ...{ kind: 'backup', type: 'full' },
      components: { database: { agent: `${nodes.name}-db-2`, postgres: { cluster: 'main' } } },
    });
  });

  it('is Incomplete where the plan of the backup is no plan', async () => {
    nodes.script('proveArchiving', 'db-2', archived);
    const { components: _, ...wrong } = backup();
    const report = await (await start({ backup: wrong })).report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toMatch(/start a full backup of db-2: .*components/s);
  });
});
