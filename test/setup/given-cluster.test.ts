import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterOfEnvironment } from './given-cluster.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-kubeconfig-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function kubeconfig(context: string): Promise<string> {
  const path = join(folder, context);
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster: 'it', user: 'me' } }],
    clusters: [{ name: 'it', cluster: { server: 'https://cluster.test:6443' } }],
    users: [{ name: 'me', user: {} }],
  };
  await writeFile(path, JSON.stringify(content));
  return path;
}

const noRoot = ['a cluster needs root'];

test('a throw-away cluster of the shell is used where this machine cannot have one', async () => {
  const path = await kubeconfig('kind-tests');
  expect(clusterOfEnvironment({ KUBECONFIG: path }, noRoot)).toEqual({
    kind: 'cluster',
    access: { kubeconfig: path, apiServerUrl: 'https://cluster.test:6443' },
  });
});

test('a cluster that somebody may need is left alone unless it is named for tests', async () => {
  const path = await kubeconfig('production');
  expect(clusterOfEnvironment({ KUBECONFIG: path }, noRoot).kind).toBe('none');
  expect(clusterOfEnvironment({ BELAY_TEST_KUBECONFIG: path }, noRoot).kind).toBe('cluster');
});

test('without any cluster the reason and the way out are told', () => {
  expect(clusterOfEnvironment({}, noRoot)).toEqual({
    kind: 'none',
    why: expect.stringMatching(/^a cluster needs root; set BELAY_TEST_KUBECONFIG/),
  });
});
