import type { CanarySpec } from '../../../src/specs/rollouts/canary.ts';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';

/** What is accepted where a duration is refused. */
export const aDuration = 'write a number and ms, s, m, h or d, such as 30s or 10m';

/** The least a person has to write. */
export const leastCanary = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'local' },
  release: { version: 'v2', command: ['node', 'server.js'] },
};

export const leastRollback = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'local' },
};

/** The same for each kind of deployment on Kubernetes. */
export const leastOnKubernetes = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'kubernetes', namespace: 'shop' },
  release: { image: 'registry.example/shop:v2' },
};

export function resolveCanary(changes: object): CanarySpec {
  const resolution = resolveSpecInput('canary', { ...leastCanary, ...changes });
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec;
}

/** As `path: message`. */
export function problemsOfCanary(input: unknown): string[] {
  const resolution = resolveSpecInput('canary', input);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** What is judged, and how, where a spec says nothing of it. */
export const defaultAnalysis = {
  mode: 'sequential',
  metrics: [
    { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
    { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 5_000 },
  ],
  intervalMs: 60_000,
  leastIntervalMs: 2_000,
  consecutiveErrorLimit: 14,
  alpha: 0.01,
  tolerance: 1,
  effect: 5,
  power: 0.8,
  bursts: false,
};
