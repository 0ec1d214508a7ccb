import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { V1DaemonSet } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { resolveHostSettings } from '../../src/specs/agent-settings.ts';
import { manifests } from '../fixtures/overlay.ts';

const read = (...path: string[]) => readFile(join(manifests, ...path), 'utf8');
const daemonSet = parse(await read('agent-daemonset', 'daemon-set.yaml')) as V1DaemonSet;
const pod = daemonSet.spec!.template.spec!;
const [agent] = pod.containers;

describe.each(['agent-daemonset', 'agent-sidecar'])('the manifests of %s', (folder) => {
  test('have settings that an agent takes, and a name for each', async () => {
    const settings = loadConfig(parseEnv(await read(folder, 'settings.env')));
    expect(settings.health).toEqual({ port: 8081, address: '0.0.0.0' });
    expect(resolveHostSettings(await read(folder, 'agent.yaml'), 'node-1.example')).toMatchObject({
      ok: true,
      settings: { name: 'node-1.example', commands: [] },
    });
  });

  test('are of this version', async () => {
    const { images } = parse(await read(folder, 'kustomization.yaml')) as {
      images: { newTag: string }[];
    };
    const packageJson = await readFile(join(manifests, '../../package.json'), 'utf8');
    const { version } = JSON.parse(packageJson) as { version: string };
    expect(images.map(({ newTag }) => newTag)).toEqual([version]);
  });
});

test('an agent on a node has no rights that it does not need', () => {
  expect(pod).toMatchObject({
    ...{ automountServiceAccountToken: false, enableServiceLinks: false },
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(pod.hostPID).toBeUndefined();
  expect(agent).toMatchObject({
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
  });
});

test('there are never two agents of one node', () => {
  expect(daemonSet.spec!.updateStrategy?.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
});
