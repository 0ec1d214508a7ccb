import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { manifests } from '../fixtures/overlay.ts';

const base = (name: string) => readFile(join(manifests, 'base', name), 'utf8');
const [deployment, service] = parseAllDocuments(await base('gateway.yaml')).map(
  (document) => document.toJS() as unknown,
) as [V1Deployment, V1Service];
const worker = parse(await base('worker.yaml')) as V1Deployment;
const pod = deployment.spec!.template.spec!;
const [gateway] = pod.containers;
const settings = loadConfig({
  ...parseEnv(await base('settings.env')),
  ...Object.fromEntries((gateway!.env ?? []).map(({ name, value }) => [name, value])),
});

test('the gateway listens on every address of its pod, behind the tokens of the Secret', () => {
  expect(settings.gateway).toMatchObject({ address: '0.0.0.0', port: 7480 });
  const mount = gateway!.volumeMounts?.find(({ name }) => name === 'tokens');
  expect(settings.gateway.tokenFile).toBe(`${mount?.mountPath}/tokens`);
  const volume = pod.volumes?.find(({ name }) => name === 'tokens');
  expect(volume?.secret?.secretName).toBe('belay-gateway');
  expect(volume?.secret?.optional).toBeUndefined();
});

test("the Service and the probes use the gateway's port", () => {
  expect(gateway!.ports).toEqual([
    { name: 'webhooks', containerPort: settings.gateway.port },
    { name: 'health', containerPort: settings.health?.port },
  ]);
  expect(service.spec?.ports).toEqual([
    { name: 'webhooks', port: settings.gateway.port, targetPort: 'webhooks' },
  ]);
  expect(service.spec?.selector).toMatchObject(deployment.spec!.selector.matchLabels ?? {});
  const { startupProbe, readinessProbe, livenessProbe } = gateway!;
  const probes = [startupProbe, readinessProbe, livenessProbe];
  expect(probes.map((probe) => probe?.httpGet)).toEqual([
    { path: '/health/startup', port: 'health' },
    { path: '/health/ready', port: 'health' },
    { path: '/health/live', port: 'health' },
  ]);
});

test('a gateway is hardened like a worker, and has no token for the cluster', () => {
  const [inWorker] = worker.spec!.template.spec!.containers;
  expect(pod.securityContext).toEqual(worker.spec!.template.spec!.securityContext);
  expect(gateway!.securityContext).toEqual(inWorker!.securityContext);
  expect(pod.automountServiceAccountToken).toBe(false);
  expect(pod.enableServiceLinks).toBe(false);
});

test('it reads the ledger that workers write, which a Secret names', () => {
  expect(gateway!.envFrom).toContainEqual({ secretRef: { name: 'belay-ledger' } });
  expect(pod.volumes?.map(({ name }) => name)).toEqual(['home', 'tokens']);
});

test('a pod that is stopped has time to answer open requests', () => {
  const pauseSeconds = gateway!.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const seconds = (pod.terminationGracePeriodSeconds ?? 0) - pauseSeconds;
  expect(seconds * 1000).toBeGreaterThan(settings.drainMs + 5_000);
});
