/** A database of CloudNativePG: its real definition on a real API server, and the test in the place of its operator. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { createPostgresClusterActivities } from '../../activities/recovery/postgres-cluster.ts';
import { openPostgresClusters } from '../../src/adapters/cloudnative-pg/open-clusters.ts';
import { openPlaybookClusters } from '../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { PostgresClusters } from '../../src/contracts/recovery/postgres-cluster.ts';
import { closedAfterAll } from '../fixtures/closed-after-all.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PlayedOperator } from '../fixtures/played-operator.ts';
import { ScriptedDatabases } from '../fixtures/scripted-databases.ts';
import type { ScriptedNodes } from '../fixtures/scripted-nodes.ts';
import { longestStartMs } from '../fixtures/scripted-rollouts.ts';
import { applyObject } from '../fixtures/shop-objects-on-cluster.ts';

const rbac = 'rbac.authorization.k8s.io';
const needed: object[] = [
  { apiGroups: ['postgresql.cnpg.io'], resources: ['clusters'], verbs: ['get'] },
  { apiGroups: ['postgresql.cnpg.io'], resources: ['clusters/status'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
];
const askingServers = { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] };

const needs = ['kubectl', 'testerKubeconfig', 'containerdSocket'] as const;

describeOnCluster('a database of CloudNativePG', needs, () => {
  const cluster = theCluster();
  const open = closedAfterAll();
  let namespace: string;
  let operator: PlayedOperator;
  let clusters: PostgresClusters;
  let databases: ScriptedDatabases;
  let nodes: ScriptedNodes;

  beforeAll(async () => {
    const folder = await open(mkdtemp(join(tmpdir(), 'belay-cloudnative-pg-')), (made) =>
      rm(made, { recursive: true, force: true }),
    );
    namespace = await newNamespace('cloudnative-pg');
    const kubernetes = openPlaybookClusters({
      ...{ kubeconfig: cluster.testerKubeconfig, contexts: [], namespaces: [namespace] },
      ...{ version: 'test', guardOf: () => (ask) => ask() },
    });
    await open(kubernetes, (each) => each.close());
    clusters = openPostgresClusters(kubernetes);
    const installing = PlayedOperator.install(cluster, { namespace, folder });
    operator = await open(installing, (each) => each.remove());
    const starting = ScriptedDatabases.start(createPostgresClusterActivities(clusters));
    databases = await open(starting, (each) => each.stop());
    nodes = await databases.nodes(namespace);
  }, longestStartMs);

  const address = () => ({ namespace, cluster: 'shop' });
  const roleWith = (rules: object[]) => ({
    ...{ apiVersion: `${rbac}/v1`, kind: 'Role', rules },
    metadata: { namespace, name: 'belay-cloudnative-pg' },
  });

  it('is refused to an account without rights, with each of them named', async () => {
    const { facts, refusals } = await clusters.examine(address());
    expect(facts).toBeUndefined();
    expect(refusals.join('\n')).toContain('may not get clusters.postgresql.cnpg.io in namespace');
    expect(refusals.join('\n')).toContain('may not patch clusters.postgresql.cnpg.io/status');
    expect(refusals).toHaveLength(4);
  });

  it('is read and asked with the rights that the documentation names, and with no others', async () => {
    const metadata = { namespace, name: 'belay-cloudnative-pg' };
    await applyObject(roleWith(needed.concat(askingServers)));
    const subjects = [{ apiGroup: rbac, kind: 'User', name: 'tester' }];
    const roleRef = { apiGroup: rbac, kind: 'Role', name: metadata.name };
    const binding = { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata };
    await applyObject({ ...binding, ...{ subjects, roleRef } });
    const { facts, refusals } = await clusters.examine(address());
    expect(refusals).toEqual([]);
    expect(facts).toMatchObject({
      ...{ currentPrimary: 'shop-1', wanted: 3, ready: 3, switchoverDelayMs: 30_000 },
      ...{ operatorVersion: '1.30.1', readWrite: { service: 'shop-rw', pods: ['shop-1'] } },
    });
    // The proxy of the API server has reached the pod, which is no instance manager.
    expect(facts?.instances[1]).toMatchObject({
      ...{
        name: 'shop-2',
        isReady: true,
        whyNoServer: expect.stringContaining('instance manager') as string,
      },
    });
  });

  it('is not switched over while servers that may be asked do not answer', async () => {
    const spec = { kind: 'switchover', plan: databases.operatedPlan(nodes), to: 'shop-3' };
    const refusal = await (await databases.start('switchover', nodes, spec)).refusal();
    expect(refusal).toContain('the server of shop-1 was not reached (what answers is not an');
    expect(refusal).toContain('the server of shop-3 was not reached');
  });

  it('is switched over by a whole run, and a late attempt of an earlier request is refused', async () => {
    // Its pods are no instance managers: what they do not say is not asked.
    await applyObject(roleWith(needed));
    await eventually(async () => expect((await clusters.examine(address())).notes).toHaveLength(1));
    const { resourceVersion } = await clusters.look(address());
    operator.play();
    const spec = { kind: 'switchover', plan: databases.operatedPlan(nodes), to: 'shop-3' };
    const report = await (await databases.start('switchover', nodes, spec)).report();
    expect(report).toMatchObject({
      ...{ outcome: 'SwitchedOver', details: { from: 'shop-1', to: 'shop-3' } },
    });
    const { phase, ...written } = await operator.status();
    expect([phase, written]).toMatchObject([
      'Cluster in healthy state',
      { currentPrimary: 'shop-3', targetPrimary: 'shop-3', timelineID: 2 },
    ]);
    const late = { ...address(), from: 'shop-3', to: 'shop-1', resourceVersion };
    expect(await clusters.request(late)).toMatchObject({ is: 'changed' });
    expect((await operator.status()).targetPrimary).toBe('shop-3');
  }, 60_000);
});
