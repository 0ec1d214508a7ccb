/** A Service whose clients are led from one server to another, on a real cluster, by its kube-proxy. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import {
  openPlaybookClusters,
  type PlaybookClusters,
} from '../../src/adapters/playbooks/kubernetes/cluster.ts';
import { createServiceRoutes } from '../../src/adapters/routers/service/service-routes.ts';
import type { NodeAddress } from '../../src/contracts/recovery/database-node.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { deployPods } from '../fixtures/shop-objects-on-cluster.ts';

const port = 8080;

describeOnCluster('a Service that Belay leads', ['nodeAddress', 'testerKubeconfig'], () => {
  const cluster = theCluster();
  const opened: PlaybookClusters[] = [];
  let namespace: string;
  let servers: [NodeAddress, NodeAddress];

  const routesFor = (kubeconfig: string) => {
    const clusters = openPlaybookClusters({
      ...{ kubeconfig, contexts: [], namespaces: [namespace] },
      ...{ version: 'test', guardOf: () => (ask) => ask() },
    });
    opened.push(clusters);
    return createServiceRoutes(clusters);
  };
  const routes = () => routesFor(cluster.kubeconfig);
  const call = () => ({ namespace, service: 'db' });
  const examine = () => routes().examineService({ ...call(), servers });
  const kubectl = (...args: string[]) => cluster.kubectl('-n', namespace, ...args);

  async function create(name: string, ...objects: object[]): Promise<void> {
    const file = join(cluster.folder, `${namespace}-${name}.json`);
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await writeFile(file, JSON.stringify(list));
    await kubectl('create', '-f', file);
  }

  const sliceTo = (host: string) => ({
    ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
    metadata: {
      name: 'db-belay',
      labels: {
        'kubernetes.io/service-name': 'db',
        'endpointslice.kubernetes.io/managed-by': 'belay.dev',
      },
    },
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name: 'http', protocol: 'TCP', port }],
  });

  beforeAll(async () => {
    namespace = await newNamespace('led');
    for (const version of ['v1', 'v2']) {
      await deployPods(namespace, `db-${version}`, { container: { image: shopImage(version) } });
    }
    const addressOf = async (version: string) => {
      const ready = '{.items[?(@.status.containerStatuses[0].ready==true)].status.podIP}';
      const pods = ['get', 'pods', '-l', `app=db-${version}`, '-o', `jsonpath=${ready}`];
      return eventually(async () => {
        const host = await kubectl(...pods);
        expect(host).not.toBe('');
        return { host, port };
      }, 60_000);
    };
    servers = [await addressOf('v1'), await addressOf('v2')];
    const spec = { type: 'NodePort', ports: [{ name: 'http', port: 5432 }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db' }, spec };
    await create('db', service, sliceTo(servers[0].host));
  }, 90_000);
  afterAll(() => {
    for (const clusters of opened) clusters.close();
  });

  /** By a new connection through the node, as kube-proxy leads it. */
  async function untilServedBy(version: string): Promise<void> {
    const nodePort = await kubectl(
      'get',
      'service',
      'db',
      '-o',
      'jsonpath={.spec.ports[0].nodePort}',
    );
    await eventually(async () => {
      const answer = await fetch(`http://${cluster.nodeAddress}:${nodePort}/`, {
        headers: { connection: 'close' },
      });
      expect(await answer.json()).toMatchObject({ version });
    }, 20_000);
  }

  const target = (index: 0 | 1, timeline: number) => ({
    ...{ address: servers[index], systemIdentifier: '7301', timeline },
  });

  it('leads new connections to the other server, and never back by a late attempt', async () => {
    await untilServedBy('v1');
    expect(await examine()).toMatchObject({ to: servers[0], problems: [] });
    const there = { ...call(), from: servers[0], to: target(1, 2) };
    expect(await routes().switchService(there)).toMatchObject({ to: servers[1], problems: [] });
    await untilServedBy('v2');
    const back = { ...call(), from: servers[1], to: target(0, 3) };
    await routes().switchService(back);
    await untilServedBy('v1');
    await expect(routes().switchService(there)).rejects.toThrow('led to timeline 3 before');
  });

  it('is not led where a GitOps controller applies its endpoints, until its record is cleared', async () => {
    const file = join(cluster.folder, `${namespace}-applied.json`);
    await writeFile(file, JSON.stringify(sliceTo(servers[0].host)));
    await kubectl(
      ...['apply', '--server-side', '--force-conflicts', '--field-manager=argocd-controller'],
      ...['-f', file],
    );
    const { problems } = await examine();
    expect(problems).toEqual([expect.stringMatching(/^argocd-controller writes the endpoints of/)]);
    const there = { ...call(), from: servers[0], to: target(1, 4) };
    await expect(routes().switchService(there)).rejects.toMatchObject({ code: 'refused' });
    const cleared = '{"metadata":{"managedFields":[{}]}}';
    await kubectl('patch', 'endpointslices', 'db-belay', '--type=merge', '-p', cleared);
    expect(await examine()).toMatchObject({ to: servers[0], problems: [] });
  });

  it('is found not to be writable before it is led, and which addresses the API server refuses', async () => {
    const rules = [
      { apiGroups: [''], resources: ['services'], verbs: ['get'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list'] },
    ];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'reads' } };
    const apiGroup = 'rbac.authorization.k8s.io';
    const roleRef = { apiGroup, kind: 'Role', name: 'reads' };
    const subjects = [{ apiGroup, kind: 'User', name: 'tester' }];
    await create(
      'rights',
      { ...rbac, kind: 'Role', rules },
      { ...rbac, kind: 'RoleBinding', roleRef, subjects },
    );
    await eventually(async () => {
      const { problems } = await routesFor(cluster.testerKubeconfig).examineService(call());
      expect(problems).toEqual([expect.stringContaining('forbidden')]);
    });
    const loopback = { ...call(), servers: [{ host: '127.0.0.1', port }] };
    const { problems } = await routes().examineService(loopback);
    expect(problems.join()).toContain('127.0.0.1');
  });
});
