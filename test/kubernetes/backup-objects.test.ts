import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKubernetesProvider } from '../../src/adapters/kubernetes-objects/kubernetes-provider.ts';
import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { Component, KubernetesSource } from '../../src/contracts/backups/source.ts';
import type { RestoreInto } from '../../src/contracts/backups/store.ts';
import { agentContract } from '../../src/contracts/kernel/agent.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { PlainTools } from '../../scripts/backup-worlds/plain-tools.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { secret, shop } from '../fixtures/backups/shop-objects.ts';
import { eventually } from '../fixtures/eventually.ts';

const programs = await requireBackupPrograms('objects of Kubernetes in restic');

describeOnCluster('objects of a real cluster, backed up and restored', [], () => {
  const cluster = theCluster();
  const tools = new PlainTools();
  let folder: string;
  /** That the agent's settings allow, beside its own. */
  const others: string[] = [];
  let namespace: string;
  let set: BackupSet;
  let step = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-kubernetes-objects-'));
    await writeFile(join(folder, 'password'), 'open sesame');
    namespace = await newNamespace('objects');
    await apply(shop(namespace));
    // A pod that was never scheduled ends when its kubelet says so: there is none.
    const ended = ['--subresource=status', '--patch={"status":{"phase":"Succeeded"}}'];
    await cluster.kubectl('-n', namespace, 'patch', 'pod', 'once', ...ended);
    await eventually(async () => {
      const job = await cluster.kubectl(
        '-n',
        namespace,
        'get',
        'job',
        'migrate',
        '-o',
        'jsonpath={.status.conditions[*].type}',
      );
      if (!job.includes('Failed')) throw new Error('the job is not finished yet');
      const sets = await cluster.kubectl('-n', namespace, 'get', 'replicasets', '-o', 'name');
      if (sets === '') throw new Error('the Deployment has no ReplicaSet yet');
    });
    set = await make();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function apply(objects: object[]): Promise<void> {
    const file = join(folder, 'objects.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await cluster.kubectl('apply', '-f', file);
  }

  function provider(kubeconfig = cluster.kubeconfig) {
    const access = {
      kubeconfig,
      contexts: [],
      namespaces: [namespace, `${namespace}-drill`, ...others],
    };
    const secrets = { RESTIC_PASSWORD: { file: join(folder, 'password') } };
    const program = programs!.restic;
    const repository = {
      name: 'objects',
      program,
      location: join(folder, 'repository'),
      create: true,
    };
    return createKubernetesProvider(tools, {
      access,
      repositories: [{ ...repository, environment: {}, secrets }],
      stagingFolder: join(folder, 'staging'),
    });
  }

  function call(changes: Partial<KubernetesSource> = {}) {
    const source = {
      kind: 'kubernetes' as const,
      namespaces: [namespace],
      labels: {},
      secrets: true,
      ...changes,
    };
    const component: Component = {
      name: 'objects',
      agent: 'one',
      source,
      repositories: ['objects'],
    };
    const plan = { environment: 'test', backup: namespace };
    step += 1;
    const act = { runRef: 'run', step };
    return { contract: agentContract, agent: 'one', plan, component, repository: 'objects', act };
  }

  const make = (changes?: Partial<KubernetesSource>) =>
    provider().makeSet({ ...call(changes), type: 'incremental' }, tools.attempt);

  async function restore(into: RestoreInto, from = set) {
    const request = {
      ...call(),
      label: from.label,
      into,
      target: { kind: 'set' as const },
      keepForMs: 60_000,
    };
    const isDrill = into.kind === 'namespaces' && into.drill;
    const place = join(folder, 'scratch', String(request.act.step));
    if (isDrill) await mkdir(place, { recursive: true });
    const copy = await provider().restoreSet(
      { ...request, ...(isDrill && { folder: place }) },
      tools.attempt,
    );
    return { ...copy, place, request };
  }

  async function read(kind: string, name: string, at = namespace) {
    const text = await cluster.kubectl(
      '-n',
      at,
      'get',
      kind,
      name,
      '-o',
      'json',
      '--ignore-not-found',
    );
    return text === ''
      ? undefined
      : (JSON.parse(text) as {
          metadata: { annotations?: Record<string, string> };
          spec: Record<string, unknown>;
          data: Record<string, string>;
        });
  }

  test('what the cluster makes by itself is left out and counted, and finished Jobs and their pods make no backup partial', async () => {
    const { refusals, remarks, identity } = await provider().examineSource(call(), tools.attempt);
    expect(refusals).toEqual([]);
    expect(identity).toMatch(/^[0-9a-f-]{36}$/);
    expect(remarks[0]).toMatch(/^\d+ objects are kept; left out: /);
    for (const left of [
      '1 Job: it is finished, and would run again',
      '1 ReplicaSet: made by Deployments',
      'made by ReplicaSets',
      '1 Pod: it has ended',
      '1 ConfigMap: made by the cluster',
    ]) {
      expect(remarks[0]).toContain(left);
    }
  });

  test('nothing of a Secret stays on the host, nor in what the tool was given', async () => {
    expect(await readdir(join(folder, 'staging'))).toEqual([]);
    expect(JSON.stringify(tools.started)).not.toContain(secret);
    expect(set).toMatchObject({ type: 'full', needs: [], madeBy: 'run/1' });
  });

  test('Secrets are left out where the plan keeps none', async () => {
    const { remarks } = await provider().examineSource(call({ secrets: false }), tools.attempt);
    const [, withSecrets] =
      /^(\d+)/.exec((await provider().examineSource(call(), tools.attempt)).remarks[0] ?? '') ?? [];
    const [, without] = /^(\d+)/.exec(remarks[0] ?? '') ?? [];
    expect(Number(withSecrets) - Number(without)).toBe(1);
  });

  test('a drill goes to another namespace, and nothing of it is seen outside', async () => {
    const drill = `${namespace}-drill`;
    const into = { kind: 'namespaces' as const, map: { [namespace]: drill }, drill: true };
    const { place, remarks, request, copy } = await restore(into);
    expect(remarks?.[1]).toBe(
      `a drill leaves out what would be seen outside: Ingress ${drill}/web`,
    );
    expect(await read('ingress', 'web', drill)).toBeUndefined();
    const service = await read('service', 'web', drill);
    expect(service?.spec['type']).toBe('ClusterIP');
    expect(service?.metadata.annotations ?? {}).not.toHaveProperty([
      'external-dns.alpha.kubernetes.io/hostname',
    ]);
    expect((await read('cronjob', 'nightly', drill))?.spec['suspend']).toBe(true);
    expect((await read('networkpolicy', 'belay-drill', drill))?.spec['policyTypes']).toEqual([
      'Egress',
    ]);
    expect((await read('secret', 'shop', drill))?.data).toEqual({
      password: Buffer.from(secret).toString('base64'),
    });
    const binding = JSON.parse(
      await cluster.kubectl('-n', drill, 'get', 'rolebinding', 'reader', '-o', 'json'),
    ) as { subjects: unknown[] };
    expect(binding.subjects).toMatchObject([{ name: 'shop', namespace: drill }]);

    const about = { ...request, copy, folder: place, endServer: () => Promise.resolve() };
    const assert = { ...about, assertions: [{ kind: 'files' as const }] };
    expect(await provider().assertCopy(assert, tools.attempt)).toMatchObject([{ passed: true }]);
    const files = await readdir(place, { recursive: true });
    expect(files.toSorted()).toEqual(['applied.json', 'set.json']);
    await cluster.kubectl(
      '-n',
      drill,
      'patch',
      'configmap',
      'shop',
      '--patch={"data":{"colour":"red"}}',
    );
    await cluster.kubectl('-n', drill, 'delete', 'cronjob', 'nightly');
    const [changed] = await provider().assertCopy(assert, tools.attempt);
    expect(changed).toMatchObject({ passed: false });
    expect(changed?.seen).toContain(`ConfigMap ${drill}/shop differs at data.colour`);
    expect(changed?.seen).toContain(`CronJob ${drill}/nightly is missing`);

    expect(await provider().removeCopy(assert, tools.attempt)).toEqual({ removed: true });
    expect(await cluster.kubectl('get', 'namespace', drill, '--ignore-not-found')).toBe('');
    expect((await read('configmap', 'shop'))?.data).toEqual({ colour: 'blue' });
  });

  test('a drill is never restored over its source, nor over objects that are not its own', async () => {
    const onItself = { kind: 'namespaces' as const, map: {}, drill: true };
    await expect(restore(onItself)).rejects.toThrow(
      /a drill is not restored into .*, which its set was made of/,
    );
    const other = await newNamespace('occupied');
    others.push(other);
    await cluster.kubectl(
      '-n',
      other,
      'create',
      'configmap',
      'shop',
      '--from-literal=colour=green',
    );
    const occupied = { kind: 'namespaces' as const, map: { [namespace]: other }, drill: true };
    await expect(restore(occupied)).rejects.toThrow(
      `ConfigMap ${other}/shop is there already, and not of this drill`,
    );
    expect((await read('configmap', 'shop', other))?.data).toEqual({ colour: 'green' });
    expect(await read('secret', 'shop', other)).toBeUndefined();
  });

  test('every refusal of the cluster is named before the first write, without the values that it refuses', async () => {
    const other = await newNamespace('refusing');
    others.push(other);
    for (const name of ['shop', 'settings']) {
      await cluster.kubectl(
        '-n',
        other,
        'create',
        'configmap',
        name,
        '--from-literal=colour=green',
      );
      await cluster.kubectl('-n', other, 'patch', 'configmap', name, '--patch={"immutable":true}');
    }
    const into = { kind: 'namespaces' as const, map: { [namespace]: other }, drill: false };
    const error = await restore(into).catch((thrown: unknown) => thrown);
    const message = error instanceof Error ? error.message : '';
    expect(error).toMatchObject({ code: 'refused' });
    expect(message).toMatch(/ConfigMap .*\/settings.*immutable[^]*ConfigMap .*\/shop.*immutable/);
    expect(message).not.toContain(secret);
    expect(await read('deployment', 'web', other)).toBeUndefined();
    const left = await readdir(join(folder, 'staging'), { recursive: true });
    expect(left.filter((path) => path.includes('objects'))).toEqual([]);
  });

  test('a namespace that was deleted is brought back as it was', async () => {
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=true', '--timeout=120s');
    const { remarks } = await restore({ kind: 'place' });
    expect(remarks?.[0]).toMatch(/^\d+ objects were applied, and read back as they were applied$/);
    expect((await read('secret', 'shop'))?.data).toEqual({
      password: Buffer.from(secret).toString('base64'),
    });
    expect((await read('service', 'headless'))?.spec['clusterIP']).toBe('None');
    expect((await read('ingress', 'web'))?.metadata.annotations).toHaveProperty([
      'external-dns.alpha.kubernetes.io/hostname',
    ]);
    expect((await read('cronjob', 'nightly'))?.spec['suspend']).toBe(false);
    expect(await read('job', 'migrate')).toBeUndefined();
  });

  test('a restore in place brings back what was changed, and keeps and names what the set does not have', async () => {
    await cluster.kubectl(
      '-n',
      namespace,
      'patch',
      'configmap',
      'shop',
      '--patch={"data":{"colour":"red"}}',
    );
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'later');
    const { remarks } = await restore({ kind: 'place' });
    expect((await read('configmap', 'shop'))?.data).toEqual({ colour: 'blue' });
    expect(remarks?.at(-1)).toContain(`ConfigMap ${namespace}/later`);
    expect(await read('configmap', 'later')).toBeDefined();
  });

  test('an agent that may not read a kind makes no set without it: every such kind is named', async () => {
    const asTester = provider(cluster.testerKubeconfig);
    const { refusals } = await asTester.examineSource(call(), tools.attempt);
    expect(refusals[0]).toContain(`the cluster refused to get Namespace ${namespace}`);
    const making = asTester.makeSet({ ...call(), type: 'full' }, tools.attempt);
    await expect(making).rejects.toMatchObject({ code: 'refused' });
  });
});
