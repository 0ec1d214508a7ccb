import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createClusters } from '../../../src/adapters/kubernetes-api/clusters.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-kubeconfig-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function kubeconfig(name: string, contexts: string[], current?: string): Promise<string> {
  const file = join(folder, name);
  const config = {
    'current-context': current,
    clusters: contexts.map((context) => ({
      name: context,
      cluster: { server: `https://${context}` },
    })),
    users: contexts.map((context) => ({ name: context, user: { token: 'hunter2' } })),
    contexts: contexts.map((context) => ({
      name: context,
      context: { cluster: context, user: context },
    })),
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

function clustersOf(files: string) {
  const clusters = createClusters({ kubeconfig: files, qps: 50, burst: 100 }, '1.2.3');
  onTestFinished(() => clusters.close());
  return clusters;
}

test('one cluster has one client, whether its context is named or is the current one', async () => {
  const clusters = clustersOf(await kubeconfig('one', ['blue', 'green'], 'blue'));
  const [current, named, other] = await Promise.all(
    [undefined, 'blue', 'green'].map((context) => clusters.of(context)),
  );
  expect(named).toBe(current);
  expect(other).not.toBe(current);
});

test('contexts of several files are known, as kubectl knows them', async () => {
  const files = [await kubeconfig('one', ['blue'], 'blue'), await kubeconfig('two', ['green'])];
  await expect(clustersOf(files.join(delimiter)).of('green')).resolves.toBeDefined();
});

test('an unknown context is refused with those there are', async () => {
  const clusters = clustersOf(await kubeconfig('one', ['blue', 'green'], 'blue'));
  await expect(clusters.of('gren')).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('no context "gren"; it has blue, green'),
  });
});

test('a missing file and a missing choice are refused in words', async () => {
  await expect(clustersOf(join(folder, 'none')).of(undefined)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('BELAY_KUBECONFIG'),
  });
  const undecided = clustersOf(await kubeconfig('two', ['blue', 'green']));
  await expect(undecided.of(undefined)).rejects.toThrow('no current context is set');
});
