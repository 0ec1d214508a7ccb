import { beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ScriptedDatabases } from '../../fixtures/scripted-databases.ts';
import { absent, type ScriptedNodes } from '../../fixtures/scripted-nodes.ts';
import { useScriptedDatabases } from '../../fixtures/use-scripted-databases.ts';

let databases: ScriptedDatabases;
let nodes: ScriptedNodes;

useScriptedDatabases(async (ofFile) => {
  databases = ofFile;
  nodes = await databases.nodes();
});

const failOver = async () => {
  const spec = { kind: 'failover', plan: databases.plan(nodes), from: 'db-1' };
  return (await databases.start('failover', nodes, spec)).report();
};

describe('a failover during which the agent of another standby is away', () => {
  beforeEach(() => nodes.kill('db-1'));

  it('has that standby follow, too, where its agent was being started again when the standbys were compared', async () => {
    nodes.script('examineNode', 'db-3', undefined, absent('db-3'), absent('db-3'));
    const report = await failOver();
    expect(report).toMatchObject({ outcome: 'FailedOver', notes: [] });
    expect(nodes.acts).toContain('followNode db-3');
    const { streaming } = report.details as unknown as DatabaseDetails;
    expect(streaming).toEqual(['db-1', 'db-3']);
  });

  it('says which standby does not follow, and what to do, where its agent stays away', async () => {
    nodes.lose('db-3');
    const report = await failOver();
    expect(report.outcome).toBe('FailedOver');
    expect(nodes.acts).toContain('rejoinNode db-1');
    expect(report.notes.join()).toMatch(
      /db-3 does not follow db-2: .*did not take it up\. Once it can: belay database rejoin --node db-3/,
    );
  });

  it('leaves a standby alone that has received more than the one that was promoted, and says so', async () => {
    nodes.script('examineNode', 'db-3', absent('db-3'), absent('db-3'));
    Object.assign(nodes.node('db-3'), { receivedLsn: '0/5000100' });
    const report = await failOver();
    expect(nodes.acts).not.toContain('followNode db-3');
    expect(report.notes.join()).toContain('nobody else has what is in between');
  });
});
