import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ApiException, CoreV1Api, type V1StatefulSet } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { manifests, writeOverlay } from '../fixtures/overlay.ts';

/** Those that the manifests name: a dry run makes none that its other objects could be put in. */
const namespaces = ['belay-system', 'belay-agents', 'shop', 'billing', 'velero'];

describeOnCluster('the manifests in deploy/kubernetes', ['kubectl'], () => {
  const cluster = theCluster();
  const core = cluster.config().makeApiClient(CoreV1Api);
  const made: string[] = [];

  beforeAll(async () => {
    for (const name of namespaces) if (await isMade(name)) made.push(name);
  });
  afterAll(async () => {
    for (const name of made) await core.deleteNamespace({ name });
  });

  const isMade = (name: string) =>
    eventually(async () => {
      try {
        await core.createNamespace({ body: { metadata: { name } } });
        return true;
      } catch (error) {
        if (!(error instanceof ApiException) || error.code !== 409) throw error;
        expect((await core.readNamespace({ name })).status?.phase).toBe('Active');
        return false;
      }
    });
  /** What would be applied; rejects with everything that the API server refuses. */
  const dryRun = async (folder: string) => {
    const output = await cluster.kubectl(
      ...['apply', '--dry-run=server', '--validate=strict', '--output=name'],
      `--kustomize=${folder}`,
    );
    return output.trim().split('\n');
  };

  test('are taken by the API server, each kustomization as it stands', async () => {
    const folders = await kustomizations();
    expect(folders).toContain('base');
    for (const folder of folders) {
      expect([folder, await dryRun(join(manifests, folder))]).toEqual([
        folder,
        expect.arrayContaining([
          expect.stringMatching(
            /^\S+\/(belay-(worker|rollouts|ingress-classes|agent|volumes|chaos-mesh|tracks)|database)$/,
          ),
        ]),
      ]);
    }
  });

  test('have a gateway beside the workers, and nothing that grants it anything', async () => {
    const applied = await dryRun(join(manifests, 'base'));
    const ofGateway = applied.filter((name) => name.endsWith('/belay-gateway'));
    expect(ofGateway.map((name) => name.split('/')[0]).sort()).toEqual([
      'deployment.apps',
      'networkpolicy.networking.k8s.io',
      'poddisruptionbudget.policy',
      'service',
      'serviceaccount',
    ]);
    const bindings = [
      'watched-namespace/role-binding.yaml',
      'ingress-classes/cluster-role-binding.yaml',
    ];
    for (const binding of bindings) {
      expect(await readFile(join(manifests, binding), 'utf8')).not.toContain('belay-gateway');
    }
  });

  test('have an agent in every pod of a database beside what the pod had', async () => {
    const built = await cluster.kubectl('kustomize', join(manifests, 'examples/agent-sidecar'));
    const set = parseAllDocuments(built)
      .map((document) => document.toJS() as V1StatefulSet)
      .find(({ kind }) => kind === 'StatefulSet');
    const { template, volumeClaimTemplates } = set!.spec!;
    expect(template.spec!.containers.map(({ name }) => name).sort()).toEqual([
      'belay-agent',
      'postgresql',
    ]);
    expect(volumeClaimTemplates!.map(({ metadata }) => metadata!.name)).toEqual([
      'data',
      'belay-agent-state',
    ]);
    const agent = template.spec!.containers.find(({ name }) => name === 'belay-agent')!;
    expect(agent.image).toMatch(/^belay:/);
    expect(agent.securityContext).toMatchObject({
      ...{ runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    });
  });

  test('grant every namespace with the rules of one', async () => {
    expect(await dryRun(join(manifests, 'every-namespace'))).toEqual([
      'clusterrole.rbac.authorization.k8s.io/belay-rollouts',
      'clusterrolebinding.rbac.authorization.k8s.io/belay-rollouts',
    ]);
  });

  test('keep the ledger in one file where there is no PostgreSQL for it', async () => {
    const overlay = await writeOverlay({ resources: ['base'], components: ['ledger-on-one-node'] });
    expect(await dryRun(overlay)).toContain('persistentvolumeclaim/belay-ledger');
    const built = await cluster.kubectl('kustomize', overlay);
    expect(built).toContain('- ReadWriteOnce');
    expect(built.match(/claimName: belay-ledger/g)).toHaveLength(2);
    expect(built).not.toMatch(/secretRef:\s+name: belay-ledger/);
    expect(built.match(/replicas: \d/g)).toEqual(['replicas: 1', 'replicas: 1']);
    expect(built).toContain('podAffinity');
  });

  test('have keys for payloads where they are wanted, read by workers and gateways alone', async () => {
    const overlay = await writeOverlay({ resources: ['base'], components: ['encrypted-payloads'] });
    expect(await dryRun(overlay)).toContain('deployment.apps/belay-worker');
    const built = await cluster.kubectl('kustomize', overlay);
    expect(built).toContain('BELAY_PAYLOAD_KEYS_FILE: /etc/belay/payload-keys/keys');
    expect(built.match(/secretName: belay-payload-keys/g)).toHaveLength(2);
    expect(built).toMatch(/defaultMode: 288\n +secretName: belay-payload-keys/);
  });

  test('a misspelt field would have been refused', async () => {
    const patch = JSON.stringify([{ op: 'add', path: '/spec/replica', value: 3 }]);
    const overlay = await writeOverlay({
      resources: ['base'],
      patches: [{ target: { kind: 'Deployment' }, patch }],
    });
    await expect(dryRun(overlay)).rejects.toThrow('unknown field "spec.replica"');
  });
});

/** Folders below deploy/kubernetes that can be applied; a component only adds to one that can. */
async function kustomizations(): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(manifests, { recursive: true })) {
    if (!name.endsWith('kustomization.yaml')) continue;
    const text = await readFile(join(manifests, name), 'utf8');
    if (text.includes('kind: Kustomization')) found.push(dirname(name));
  }
  return found;
}
