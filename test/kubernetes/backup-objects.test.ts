import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { RestoreInto } from '../../src/contracts/backups/store.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { secret } from '../fixtures/backups/shop-objects.ts';
import { StoredObjects } from '../fixtures/backups/stored-objects.ts';

const programs = await requireBackupPrograms('objects of Kubernetes in restic');

describeOnCluster('objects of a real cluster, backed up and restored', [], () => {
  const cluster = theCluster();
  let objects: StoredObjects;
  let namespace: string;
  let set: BackupSet;

  beforeAll(async () => {
    objects = await StoredObjects.open(programs!);
    ({ namespace } = objects);
    set = await objects.make();
  });
  afterAll(() => objects.close());

  const restore = (into: RestoreInto) => objects.restore(into, set);

  test('what the cluster makes by itself is left out and counted, and finished Jobs and their pods make no backup partial', async () => {
    const { refusals, remarks, identity } = await objects
      .provider()
      .examineSource(objects.call(), objects.tools.attempt);
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
    expect(await readdir(join(objects.folder, 'staging'))).toEqual([]);
    expect(JSON.stringify(objects.tools.started)).not.toContain(secret);
    expect(set).toMatchObject({ type: 'full', needs: [], madeBy: 'run/1' });
  });

  test('Secrets are left out where the plan keeps none', async () => {
    const { remarks } = await objects
      .provider()
      .examineSource(objects.call({ secrets: false }), objects.tools.attempt);
    const [, withSecrets] =
      /^(\d+)/.exec(
        (await objects.provider().examineSource(objects.call(), objects.tools.attempt))
          .remarks[0] ?? '',
      ) ?? [];
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
    expect(await objects.read('ingress', 'web', drill)).toBeUndefined();
    const service = await objects.read('service', 'web', drill);
    expect(service?.spec['type']).toBe('ClusterIP');
    expect(service?.metadata.annotations ?? {}).not.toHaveProperty([
      'external-dns.alpha.kubernetes.io/hostname',
    ]);
    expect((await objects.read('cronjob', 'nightly', drill))?.spec['suspend']).toBe(true);
    expect(
      (await objects.read('networkpolicy', 'belay-drill', drill))?.spec['policyTypes'],
    ).toEqual(['Egress']);
    expect((await objects.read('secret', 'shop', drill))?.data).toEqual({
      password: Buffer.from(secret).toString('base64'),
    });
    const binding = JSON.parse(
      await cluster.kubectl('-n', drill, 'get', 'rolebinding', 'reader', '-o', 'json'),
    ) as { subjects: unknown[] };
    expect(binding.subjects).toMatchObject([{ name: 'shop', namespace: drill }]);

    const about = { ...request, copy, folder: place, endServer: () => Promise.resolve() };
    const assert = { ...about, assertions: [{ kind: 'files' as const }] };
    expect(await objects.provider().assertCopy(assert, objects.tools.attempt)).toMatchObject([
      { passed: true },
    ]);
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
    const [changed] = await objects.provider().assertCopy(assert, objects.tools.attempt);
    expect(changed).toMatchObject({ passed: false });
    expect(changed?.seen).toContain(`ConfigMap ${drill}/shop differs at data.colour`);
    expect(changed?.seen).toContain(`CronJob ${drill}/nightly is missing`);

    expect(await objects.provider().removeCopy(assert, objects.tools.attempt)).toEqual({
      removed: true,
    });
    expect(await cluster.kubectl('get', 'namespace', drill, '--ignore-not-found')).toBe('');
    expect((await objects.read('configmap', 'shop'))?.data).toEqual({ colour: 'blue' });
  });

  test('a drill is never restored over its source, nor over objects that are not its own', async () => {
    const onItself = { kind: 'namespaces' as const, map: {}, drill: true };
    await expect(restore(onItself)).rejects.toThrow(
      /a drill is not restored into .*, which its set was made of/,
    );
    const other = await objects.otherNamespace('occupied');
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
    expect((await objects.read('configmap', 'shop', other))?.data).toEqual({ colour: 'green' });
    expect(await objects.read('secret', 'shop', other)).toBeUndefined();
  });

  test('every refusal of the cluster is named before the first write, without the values that it refuses', async () => {
    const other = await objects.otherNamespace('refusing');
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
    expect(await objects.read('deployment', 'web', other)).toBeUndefined();
    const left = await readdir(join(objects.folder, 'staging'), { recursive: true });
    expect(left.filter((path) => path.includes('objects'))).toEqual([]);
  });

  test('a namespace that was deleted is brought back as it was', async () => {
    await cluster.kubectl('delete', 'namespace', namespace, '--wait=true', '--timeout=120s');
    const { remarks } = await restore({ kind: 'place' });
    expect(remarks?.[0]).toMatch(/^\d+ objects were applied, and read back as they were applied$/);
    expect((await objects.read('secret', 'shop'))?.data).toEqual({
      password: Buffer.from(secret).toString('base64'),
    });
    expect((await objects.read('service', 'headless'))?.spec['clusterIP']).toBe('None');
    expect((await objects.read('ingress', 'web'))?.metadata.annotations).toHaveProperty([
      'external-dns.alpha.kubernetes.io/hostname',
    ]);
    expect((await objects.read('cronjob', 'nightly'))?.spec['suspend']).toBe(false);
    expect(await objects.read('job', 'migrate')).toBeUndefined();
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
    expect((await objects.read('configmap', 'shop'))?.data).toEqual({ colour: 'blue' });
    expect(remarks?.at(-1)).toContain(`ConfigMap ${namespace}/later`);
    expect(await objects.read('configmap', 'later')).toBeDefined();
  });

  test('an agent that may not read a kind makes no set without it: every such kind is named', async () => {
    const asTester = objects.provider(cluster.testerKubeconfig);
    const { refusals } = await asTester.examineSource(objects.call(), objects.tools.attempt);
    expect(refusals[0]).toContain(`the cluster refused to get Namespace ${namespace}`);
    const making = asTester.makeSet({ ...objects.call(), type: 'full' }, objects.tools.attempt);
    await expect(making).rejects.toMatchObject({ code: 'refused' });
  });
});
