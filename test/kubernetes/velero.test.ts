import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { namespaceOfCopy } from '../../src/adapters/velero/names.ts';
import { createVeleroProvider } from '../../src/adapters/velero/velero-provider.ts';
import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { Component, VolumeSource } from '../../src/contracts/backups/source.ts';
import { copyName, type RestoreInto } from '../../src/contracts/backups/store.ts';
import { agentContract } from '../../src/contracts/kernel/agent.ts';
import { OneMachine } from '../cli/one-machine.ts';
import { InstalledVelero } from '../fixtures/backups/installed-velero.ts';
import { PlainTools } from '../../scripts/backup-worlds/plain-tools.ts';
import { packShellImage, shellImage } from '../fixtures/backups/shell-image.ts';
import { claim, keeper } from '../fixtures/backups/volume-objects.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { provideVolume } from '../fixtures/local-volume.ts';
import { writeOverlay } from '../fixtures/overlay.ts';

const needs = ['kubectl', 'hostAddress', 'containerdSocket'] as const;

describeOnCluster('volumes of a real cluster, by a real Velero', needs, () => {
  const cluster = theCluster();
  const { attempt } = new PlainTools();
  let folder: string;
  let shop: string;
  let velero: InstalledVelero;
  /** Of an agent with the rights of deploy/kubernetes/volumes, and no others. */
  let kubeconfig: string;
  let source: string;
  let set: BackupSet;
  let partial: string;
  let step = 0;
  const undos: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-volumes-'));
    const namespace = await newNamespace('velero');
    shop = await newNamespace('volumes');
    await cluster.importImage(await packShellImage(folder));
    [velero] = await Promise.all([InstalledVelero.install(cluster, namespace), provideShop()]);
    undos.push(() => velero.remove());
    kubeconfig = await asAgent(namespace);
  }, 1_200_000);
  afterAll(async () => {
    for (const undo of undos.reverse()) await undo();
    await rm(folder, { recursive: true, force: true });
  });

  async function asAgent(namespace: string): Promise<string> {
    const overlay = await writeOverlay({
      ...{ resources: ['volumes'], namespace, nameSuffix: `-${namespace}` },
    });
    await cluster.kubectl('apply', '-k', overlay);
    undos.push(() => cluster.kubectl('delete', '-k', overlay, '--wait=false'));
    const name = `belay-volumes-${namespace}`;
    const token = await cluster.kubectl('-n', namespace, 'create', 'token', name);
    const config = new KubeConfig();
    config.loadFromClusterAndUser(cluster.config().getCurrentCluster()!, {
      ...{ name, token: token.trim() },
    });
    const file = join(folder, 'kubeconfig');
    await writeFile(file, config.exportConfig());
    return file;
  }

  async function provideShop(): Promise<void> {
    source = await provideVolume({ namespace: shop, name: 'data' });
    await writeFile(join(source, 'orders'), randomBytes(300_000));
    await mkdir(join(source, 'images'));
    await writeFile(join(source, 'images', 'logo'), 'a logo');
    await apply(claim(shop, 'data'), keeper(shop, 'keeper', 'data'));
    await cluster.kubectl(
      '-n',
      shop,
      'wait',
      'pod/keeper',
      '--for=condition=Ready',
      '--timeout=60s',
    );
  }

  async function apply(...items: object[]): Promise<void> {
    const file = join(folder, 'objects.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await cluster.kubectl('apply', '-f', file);
  }

  const provider = () =>
    createVeleroProvider({
      access: { kubeconfig, contexts: [], namespaces: [shop, `${shop}-2`] },
      velero: {
        ...{ namespace: velero.namespace, locations: [velero.location], reader: shellImage },
      },
    });

  function call(changes: Partial<VolumeSource> = {}) {
    const source: VolumeSource = {
      ...{ kind: 'volumes', namespaces: [shop], labels: {}, method: 'fileSystem' },
      ...{ optional: [], secrets: false, withinMs: 240_000 },
      ...changes,
    };
    const repositories = [velero.location];
    const component: Component = { name: 'data', agent: 'one', source, repositories };
    const plan = { environment: 'test', backup: shop };
    step += 1;
    const act = { runRef: 'run', step };
    const repository = velero.location;
    return { contract: agentContract, agent: 'one', plan, component, repository, act };
  }

  function order(into: RestoreInto, changes: Partial<VolumeSource> = {}) {
    const asked = call(changes);
    return {
      ...asked,
      ...{ label: set.label, into, target: { kind: 'set' as const }, keepForMs: 60_000 },
      ...{ copy: copyName(asked.act), folder: join(folder, String(asked.act.step)) },
    };
  }

  test('is examined: the server answers, and a node agent is ready where volumes are read', async () => {
    const facts = await provider().examineSource(call(), attempt);
    expect(facts).toMatchObject({ tool: 'Velero 1.18.0', refusals: [] });
  });

  test('a set has the data of every claim, and the same act finds the set that it made', async () => {
    const request = { ...call(), type: 'full' as const };
    set = await provider().makeSet(request, attempt);
    expect(set).toMatchObject({ type: 'full', needs: [], madeBy: `run/${request.act.step}` });
    expect(set).toMatchObject({ bytes: 300_006, storedBytes: 300_006 });
    expect(await provider().makeSet(request, attempt)).toEqual(set);
    const { sets, foreign } = await provider().readRepository(call(), attempt);
    expect({ sets, foreign }).toEqual({ sets: [set], foreign: [] });
  });

  test('a backup that Velero calls Completed without the data of a claim is no set (Velero #6212, #8339)', async () => {
    const excludes = 'backup.velero.io/backup-volumes-excludes';
    await cluster.kubectl('-n', shop, 'annotate', 'pod', 'keeper', `${excludes}=data`);
    const request = { ...call(), type: 'full' as const };
    await expect(provider().makeSet(request, attempt)).rejects.toThrow(
      /is not whole, and does not count: it has the data of no volume/,
    );
    await cluster.kubectl('-n', shop, 'annotate', 'pod', 'keeper', `${excludes}-`);
    const { sets } = await provider().readRepository(call(), attempt);
    expect(sets.map(({ error }) => error)).toEqual([undefined, 'it has the data of no volume']);
    partial = sets[1]!.label;
    const phase = ['-o', 'jsonpath={.status.phase}'];
    expect(await cluster.kubectl('-n', velero.namespace, 'get', 'backup', partial, ...phase)).toBe(
      'Completed',
    );
  });

  test('a backup that is cancelled is removed, and not only forgotten', async () => {
    const aborted = new AbortController();
    setTimeout(() => aborted.abort(), 500);
    const request = { ...call(), type: 'full' as const };
    const cancelled = { ...attempt, cancelled: aborted.signal };
    await expect(provider().makeSet(request, cancelled)).rejects.toThrow(
      /the backup was cancelled, and .* is removed/,
    );
    const { sets } = await provider().readRepository(call(), attempt);
    expect(sets).toHaveLength(2);
  });

  test('a check reads the archive of the objects, and says that it has not read the volumes', async () => {
    const extent = { kind: 'all' } as const;
    const check = await provider().checkSet({ ...call(), label: set.label, extent }, attempt);
    const unread = 'the data of 1 volumes, which Velero reads only when it restores: a drill does';
    expect(check).toMatchObject({ damage: [], unread });
    expect(check.bytesRead).toBeGreaterThan(1_000);
    const lost = await provider().checkSet({ ...call(), label: partial, extent }, attempt);
    expect(lost.damage).toEqual([{ where: partial, what: 'it has the data of no volume' }]);
  });

  test('a restore that cannot end says what it is stuck at, and is ended and removed', async () => {
    const call = order({ kind: 'copy' }, { withinMs: 6_000 });
    await mkdir(call.folder);
    await expect(provider().restoreSet(call, attempt)).rejects.toThrow(
      /is InProgress.* after 6s, which is the longest it may take\s+volume data of pod .*keeper is New\s+pod .*keeper is Pending: .*unbound/,
    );
    expect(await provider().removeCopy(call, attempt)).toEqual({ removed: true });
    const copy = namespaceOfCopy(shop, call.copy);
    expect(await cluster.kubectl('get', 'namespace', copy, '--ignore-not-found')).toBe('');
  });

  test('a drill restores the data into a namespace of its own, with nothing that is seen outside (Velero #474)', async () => {
    const call = order({ kind: 'copy' });
    await mkdir(call.folder);
    const copy = namespaceOfCopy(shop, call.copy);
    const restored = await provideVolume({ namespace: copy, name: 'data' });
    const { remarks, bytes } = await provider().restoreSet(call, attempt);
    expect(bytes).toBe(set.bytes);
    expect(remarks?.[0]).toBe('1 claims are bound, and Velero has written the data of 1 volumes');
    for (const name of ['orders', 'images/logo']) {
      expect(await readFile(join(restored, name))).toEqual(await readFile(join(source, name)));
    }
    const kinds = 'services,deployments,cronjobs,ingresses,networkpolicies';
    expect(await cluster.kubectl('-n', copy, 'get', kinds, '-o', 'name')).toBe(
      'networkpolicy.networking.k8s.io/belay-drill\n',
    );

    const asked = { ...call, assertions: [{ kind: 'files' as const }] };
    const about = { ...asked, endServer: () => Promise.resolve() };
    expect(await provider().assertCopy(about, attempt)).toMatchObject([
      {
        passed: true,
        seen: '1 claims bound, 1 volumes with 300006 bytes, 300006 bytes read by a pod',
      },
    ]);
    await cluster.kubectl('-n', copy, 'delete', 'pods', '--all', '--grace-period=0', '--force');
    await cluster.kubectl('-n', copy, 'delete', 'pvc', 'data');
    expect(await provider().assertCopy(about, attempt)).toMatchObject([
      { passed: false, seen: `claim ${copy}/data is not there` },
    ]);
    expect(await provider().removeCopy(call, attempt)).toEqual({ removed: true });
    expect(await cluster.kubectl('get', 'namespace', copy, '--ignore-not-found')).toBe('');
  });

  test('a restore for good refuses a claim that is there, which Velero would leave as it is', async () => {
    const { folder: _, ...call } = order({ kind: 'namespaces', map: {}, drill: false });
    await expect(provider().restoreSet(call, attempt)).rejects.toThrow(
      `${shop}/data would be left as it is`,
    );
  });

  test('sets expire in the location, too, and none of another plan does', async () => {
    const labels = [set.label, partial];
    const others = { ...call(), plan: { environment: 'test', backup: 'another' }, labels };
    await expect(provider().expireSets(others, attempt)).rejects.toThrow('of another plan');
    expect(await provider().expireSets({ ...call(), labels }, attempt)).toEqual({ gone: labels });
    const { sets, foreign } = await provider().readRepository(call(), attempt);
    expect({ sets, foreign }).toEqual({ sets: [], foreign: [] });
  });

  test('runs back up, verify, rehearse, expire and restore for good, with the rights that the manifests give', async () => {
    const machine = await OneMachine.start();
    undos.push(() => machine.stop());
    const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
    const settings = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
    settings['backups'] = {
      kubernetes: { kubeconfig, namespaces: [shop, `${shop}-2`] },
      velero: { namespace: velero.namespace, locations: [velero.location], reader: shellImage },
      scratch: { folder: join(folder, 'copies') },
    };
    await writeFile(settingsFile, stringify(settings));
    await machine.belay(['down']);
    await machine.belay(['up', '--detach']);
    const planFile = join(folder, 'plan.yaml');
    const data = { volumes: { namespaces: [shop] }, repositories: [velero.location] };
    await writeFile(
      planFile,
      stringify({
        ...{ kind: 'backup', environment: 'demo', backup: 'volumes', agent: 'local' },
        ...{ components: { data }, retention: { count: 1 }, verify: { extent: 'all' }, drill: {} },
      }),
    );
    const run = (...args: string[]) =>
      machine.belay(['backup', ...args, '-f', planFile, '--watch']).then(({ stdout }) => stdout);
    expect(await run('run')).toContain('Complete');
    expect(await run('run')).toContain('Complete');
    expect(await run('verify')).toContain('Verified');
    await provideVolume();
    expect(await run('drill')).toContain('Proven');
    const copies = await cluster.kubectl('get', 'namespaces', '-o', 'name');
    expect(copies).not.toContain(`${shop}-copy`);
    expect(await run('expire')).toContain('Complete');

    // Without a volume for its claim, a copy would never be whole.
    await provideVolume();
    const restored = await provideVolume({ namespace: `${shop}-2`, name: 'data' });
    undos.push(() => cluster.kubectl('delete', 'namespace', `${shop}-2`, '--wait=false'));
    await machine.belay([
      ...['backup', 'restore', '-f', planFile, '--into-namespace', `${shop}=${shop}-2`],
    ]);
    const lock = 'restore/demo/volumes';
    await machine.until(lock, 'awaiting-approval');
    await machine.belay(['approve', lock]);
    const { outcome, reason } = await eventually(() =>
      machine.json<Record<string, string>>(['report', lock]),
    );
    expect({ outcome, reason }).toMatchObject({ outcome: 'Restored' });
    expect(await readFile(join(restored, 'orders'))).toEqual(
      await readFile(join(source, 'orders')),
    );
    const shown = await machine.belay(['backup', 'list', 'demo/volumes']);
    expect(shown.stdout).toContain('default');
  }, 400_000);

  test('a location that does not answer is no repository, and nothing expires there (Velero #6549, #4728)', async () => {
    await velero.store.down();
    await eventually(async () => {
      const { refusals } = await provider().examineSource(call(), attempt);
      expect(refusals[0]).toMatch(/^storage location default is Unavailable: /);
    });
    const expiring = provider().expireSets({ ...call(), labels: ['gone'] }, attempt);
    await expect(expiring).rejects.toMatchObject({ code: 'unfinished' });
    await expect(provider().readRepository(call(), attempt)).rejects.toMatchObject({
      code: 'unfinished',
    });
  });
});
