import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameOfRequest, nameOfSet, namespaceOfCopy } from '../../src/adapters/velero/names.ts';
import { createVeleroProvider } from '../../src/adapters/velero/velero-provider.ts';
import type { VolumeSource } from '../../src/contracts/backups/source.ts';
import { copyName } from '../../src/contracts/backups/store.ts';
import type { Attempt } from '../../src/contracts/kernel/agent-host.ts';
import { agentContract } from '../../src/contracts/kernel/agent.ts';
import { PlainTools } from '../../scripts/backup-worlds/plain-tools.ts';
import { PlayedVelero } from '../fixtures/backups/played-velero.ts';
import { claim } from '../fixtures/backups/volume-objects.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { provideVolume } from '../fixtures/local-volume.ts';

const completed = { phase: 'Completed', progress: { totalItems: 3, itemsBackedUp: 3 } };
const written = { phase: 'Completed', progress: { totalBytes: 100, bytesDone: 100 } };
const moved = { ...written, snapshotID: 's', incrementalBytes: 40 };

/** Real definitions in a real cluster; test/kubernetes/velero.test.ts has a real Velero. */
describeOnCluster('volumes of a real cluster, with the test in the place of Velero', [], () => {
  const cluster = theCluster();
  const { attempt } = new PlainTools();
  let folder: string;
  let shop: string;
  let velero: PlayedVelero;
  let step = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-volumes-'));
    const namespace = await newNamespace('played');
    shop = await newNamespace('shop');
    velero = await PlayedVelero.install(cluster, { namespace, folder });
    await provideVolume({ namespace: shop, name: 'data' });
    await provideClaim(shop);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function provideClaim(namespace: string): Promise<void> {
    await velero.apply(claim(namespace, 'data'));
    const bound = ['pvc/data', '--for=jsonpath={.status.phase}=Bound', '--timeout=60s'];
    await cluster.kubectl('-n', namespace, 'wait', ...bound);
  }

  const provider = () =>
    createVeleroProvider({
      access: { kubeconfig: cluster.kubeconfig, contexts: [], namespaces: [shop] },
      velero: { namespace: velero.namespace, locations: ['default'] },
    });

  function call(changes: Partial<VolumeSource> = {}) {
    const source: VolumeSource = {
      ...{ kind: 'volumes', namespaces: [shop], labels: {}, method: 'snapshot' },
      ...{ optional: [], secrets: false, withinMs: 120_000 },
      ...changes,
    };
    const component = { name: 'data', agent: 'one', source, repositories: ['default'] };
    step += 1;
    return {
      ...{ contract: agentContract, agent: 'one', repository: 'default', component },
      ...{ plan: { environment: 'test', backup: 'shop' }, act: { runRef: 'run', step } },
    };
  }

  const make = (request: ReturnType<typeof call>, by: Attempt = attempt) => {
    const making = provider().makeSet({ ...request, type: 'full' }, by);
    // What it ends with is asked for later.
    making.catch(() => undefined);
    return making;
  };

  async function makeWhole(): Promise<string> {
    const request = call();
    const making = make(request);
    const { metadata } = await velero.asked('backup', nameOfSet(request));
    await velero.move({ backup: metadata.name }, { namespace: shop, name: 'data' }, moved);
    await velero.say('backup', metadata.name, completed);
    return (await making).label;
  }

  test('a backup is asked for once, followed through every phase, and judged by its uploads', async () => {
    const said = new Set<string>();
    const telling: Attempt = {
      ...attempt,
      onProgress: ({ detail }) => detail !== undefined && said.add(detail),
    };
    const request = call();
    const making = make(request, telling);
    const { metadata, spec } = await velero.asked('backup', nameOfSet(request));
    expect(spec).toMatchObject({
      ...{ includedNamespaces: [shop], storageLocation: 'default', snapshotMoveData: true },
      ...{ defaultVolumesToFsBackup: false, excludedResources: ['secrets'], ttl: '3153600000s' },
    });
    await velero.say('backup', metadata.name, { phase: 'Queued', queuePosition: 1 });
    const again = make(request);
    const title = `Backup ${metadata.name} is`;
    await eventually(async () =>
      expect([...said]).toContain(`${title} Queued (number 1 in the queue)`),
    );
    await velero.move(
      { backup: metadata.name },
      { namespace: shop, name: 'data' },
      {
        phase: 'InProgress',
      },
    );
    const items = { totalItems: 3, itemsBackedUp: 2 };
    const waiting = { phase: 'WaitingForPluginOperations', progress: items, queuePosition: null };
    await velero.say('backup', metadata.name, waiting);
    await eventually(async () =>
      expect([...said]).toContain(
        `${title} WaitingForPluginOperations, 2 of 3 objects, 0 of 1 volumes`,
      ),
    );
    await velero.move({ backup: metadata.name }, { namespace: shop, name: 'data' }, moved);
    await velero.say('backup', metadata.name, completed);
    const set = await making;
    expect(set).toMatchObject({ label: metadata.name, bytes: 100, storedBytes: 40 });
    expect(await again).toEqual(set);
  });

  test('a backup that is Completed with a failed upload is no set (Velero #6212)', async () => {
    const request = call();
    const making = make(request);
    const { metadata } = await velero.asked('backup', nameOfSet(request));
    const failed = { phase: 'Failed', message: 'the snapshot is gone' };
    await velero.move({ backup: metadata.name }, { namespace: shop, name: 'data' }, failed);
    await velero.say('backup', metadata.name, completed);
    await expect(making).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(
        `claim ${shop}/data is Failed: the snapshot is gone`,
      ) as string,
    });
    const { sets } = await provider().readRepository(call(), attempt);
    expect(sets.at(-1)).toMatchObject({
      ...{ label: metadata.name, error: `claim ${shop}/data is Failed: the snapshot is gone` },
    });
  });

  test('a backup that nobody takes up ends with what it waits for', async () => {
    const making = make(call({ withinMs: 1_000 }));
    await expect(making).rejects.toThrow(
      /is not taken up by the server after 1s, which is the longest it may take/,
    );
  });

  test('a copy has the data of every volume, and a claim that is bound', async () => {
    const label = await makeWhole();
    const request = call();
    const copy = namespaceOfCopy(shop, copyName(request.act));
    const place = join(folder, 'copy');
    await mkdir(place);
    const order = {
      ...{ ...request, label, into: { kind: 'copy' as const }, folder: place },
      ...{ target: { kind: 'set' as const }, keepForMs: 60_000, copy: copyName(request.act) },
    };
    const restoring = provider().restoreSet(order, attempt);
    const { metadata, spec } = await velero.asked('restore', nameOfRequest(request.act, label));
    expect(spec).toMatchObject({
      ...{ backupName: label, namespaceMapping: { [shop]: copy }, existingResourcePolicy: 'none' },
      includedResources: expect.arrayContaining(['persistentvolumeclaims', 'pods']) as string[],
    });
    await provideVolume({ namespace: copy, name: 'data' });
    await provideClaim(copy);
    await velero.move({ restore: metadata.name }, { namespace: copy, name: 'data' }, written);
    const items = { totalItems: 3, itemsRestored: 3 };
    await velero.say('restore', metadata.name, { phase: 'Completed', progress: items });
    expect(await restoring).toMatchObject({ bytes: 100, folder: `namespaces ${copy}` });
    expect(await provider().removeCopy(order, attempt)).toEqual({ removed: true });
    expect(await cluster.kubectl('get', 'namespace', copy, '--ignore-not-found')).toBe('');
  });
});
