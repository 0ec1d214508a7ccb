import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { OneMachine } from '../cli/one-machine.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { eventually } from '../fixtures/eventually.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';

const programs = await requireBackupPrograms('objects of Kubernetes by runs');
const hidden = 'a-password-that-is-nowhere-in-plain-text';

describeOnCluster('objects of a real cluster, by runs', [], () => {
  const cluster = theCluster();
  let machine: OneMachine;
  let folder: string;
  let namespace: string;
  let planFile: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-backup-runs-'));
    namespace = await newNamespace('backup-runs');
    const key = ['create', 'secret', 'generic', 'password', `--from-literal=word=${hidden}`];
    await cluster.kubectl('-n', namespace, ...key);
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'shop', '--from-literal=a=1');
    machine = await OneMachine.start();
    const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
    const settings = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
    await writeFile(join(folder, 'word'), 'open sesame');
    settings['backups'] = {
      repositories: {
        objects: {
          restic: {
            ...{ location: join(folder, 'repository'), create: true, program: programs?.restic },
            secrets: { RESTIC_PASSWORD: { file: join(folder, 'word') } },
          },
        },
      },
      kubernetes: { kubeconfig: cluster.kubeconfig, namespaces: [namespace, `${namespace}-2`] },
      scratch: { folder: join(folder, 'copies') },
    };
    await writeFile(settingsFile, stringify(settings));
    await machine.belay(['down']);
    await machine.belay(['up', '--detach']);
    planFile = join(folder, 'plan.yaml');
    const objects = { kubernetes: { namespaces: [namespace], secrets: true } };
    await writeFile(
      planFile,
      stringify({
        ...{ kind: 'backup', environment: 'demo', backup: 'objects', agent: 'local' },
        components: { objects: { ...objects, repositories: ['objects'] } },
      }),
    );
  }, 300_000);
  afterAll(async () => {
    await machine.stop();
    await cluster.kubectl(
      'delete',
      'namespace',
      `${namespace}-2`,
      '--wait=false',
      '--ignore-not-found',
    );
    await rm(folder, { recursive: true, force: true });
  });

  test('are backed up, verified, and restored into another namespace once that is approved', async () => {
    const made = await machine.belay(['backup', 'run', '-f', planFile, '--watch']);
    expect(made.stdout).toContain('Complete');
    const verified = await machine.belay(['backup', 'verify', '-f', planFile, '--watch']);
    expect(verified.stdout).toContain('Verified');

    const restore = ['backup', 'restore', '-f', planFile, '--into-namespace'];
    const over = await machine.belay([...restore, `${namespace}=${namespace}`]);
    expect(over.stderr).toContain(
      'is backed up itself; for a restore over it, write inPlace: true',
    );
    await machine.belay([...restore, `${namespace}=${namespace}-2`]);
    const run = 'restore/demo/objects';
    await machine.until(run, 'awaiting-approval');
    await expect(read('configmap', 'shop')).rejects.toThrow('not found');
    await machine.belay(['approve', run]);

    const { outcome, reason } = await eventually(() =>
      machine.json<Record<string, string>>(['report', run]),
    );
    expect({ outcome, reason }).toEqual({
      outcome: 'Restored',
      reason: expect.stringContaining(`into ${namespace}-2 (of ${namespace})`) as string,
    });
    const { data, metadata } = await read('secret', 'password');
    expect(Buffer.from(data['word'] ?? '', 'base64').toString()).toBe(hidden);
    expect(metadata.managedFields?.map(({ manager }) => manager)).toContain('belay-restore');
    expect((await read('configmap', 'shop')).data).toEqual({ a: '1' });
    expect(await filesWith(hidden)).toEqual([]);
  }, 400_000);

  async function read(kind: string, name: string) {
    const shown = ['-o', 'json', '--show-managed-fields'];
    const text = await cluster.kubectl('-n', `${namespace}-2`, 'get', kind, name, ...shown);
    return JSON.parse(text) as {
      metadata: { managedFields?: { manager: string }[] };
      data: Record<string, string>;
    };
  }

  /** Of everything that the agent and its tools have left. */
  async function filesWith(text: string): Promise<string[]> {
    const found: string[] = [];
    for (const root of [folder, machine.folder]) {
      for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
      }
    }
    return found;
  }
});
