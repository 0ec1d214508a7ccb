import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { manifests } from '../fixtures/overlay.ts';

const base = (name: string) => readFile(join(manifests, 'base', name), 'utf8');
const settings = loadConfig(parseEnv(await base('settings.env')));
const deployment = parse(await base('worker.yaml')) as V1Deployment;
const pod = deployment.spec!.template.spec!;
const [worker] = pod.containers;

test('the settings of the pods are valid settings of a worker', () => {
  expect(settings.health).toEqual({ port: 8080, address: '0.0.0.0' });
});

test("the probes use the worker's port", () => {
  const ports = worker!.ports?.map(({ name, containerPort }) => [name, containerPort]);
  expect(ports).toEqual([['health', settings.health?.port]]);
});

test('a pod that is stopped has time to drain, and for the worker to cancel the rest', () => {
  const seconds = pod.terminationGracePeriodSeconds ?? 0;
  expect(seconds * 1000).toBeGreaterThan(2 * settings.drainMs + 5_000);
});

test('probes have the documented times', () => {
  expect(worker).toMatchObject({
    livenessProbe: {
      httpGet: { path: '/health/live', port: 'health' },
      ...{ initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    },
    readinessProbe: {
      httpGet: { path: '/health/ready', port: 'health' },
      ...{ initialDelaySeconds: 15, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    },
    startupProbe: {
      httpGet: { path: '/health/startup', port: 'health' },
      ...{ periodSeconds: 10, failureThreshold: 30 },
    },
  });
});

test('the ledger is a database that a Secret names, and nothing is shared but that', () => {
  expect(worker!.envFrom).toContainEqual({ secretRef: { name: 'belay-ledger' } });
  expect(pod.volumes).toEqual([{ name: 'home', emptyDir: { sizeLimit: '16Mi' } }]);
});

test('no Service can put a variable among the settings', () => {
  expect(pod.enableServiceLinks).toBe(false);
});

test('the manifests are of this version', async () => {
  const { images } = parse(await base('kustomization.yaml')) as { images: { newTag: string }[] };
  const packageJson = await readFile(join(manifests, '../../package.json'), 'utf8');
  const { version } = JSON.parse(packageJson) as { version: string };
  expect(images.map(({ newTag }) => newTag)).toEqual([version]);
});
