import { startRollout } from '../../src/cli/rollouts/start-rollout.ts';
import { writtenSpec } from '../../src/specs/rollouts/written-spec.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { formatProblems } from '../../src/specs/kernel/problems.ts';
import type { Release } from '../../src/specs/rollouts/release.ts';
import { resolveSpecInput } from '../../src/specs/rollouts/resolve.ts';
import type { CanarySpec } from '../../src/specs/rollouts/canary.ts';
import { until } from '../measures/until.ts';
import type { MeasuredSystem } from './measured-system.ts';

/** Replicas inside the platform's own process, of which one machine can run any number. */
export const inProcess = (version: string): Release => ({ version, inProcess: { status: 200 } });

/** Replicas as processes of the example shop. */
export const shop = (version: string): Release => ({
  version,
  command: [process.execPath, 'examples/shop/server.js'],
  env: { VERSION: version },
});

export function serviceNamed(service: string): ServiceRef {
  return { service, environment: 'bench', target: { platform: 'local' } };
}

/** A spec for this service, as its author writes it. */
export interface WrittenCanary {
  release: Release;
  stages: { weight: number; hold: string }[];
  [key: string]: unknown;
}

const replicas = 2;

/**
 * Rolls out the first release of a service without a workflow: the canary after it is measured. Returns
 * the service's address.
 */
export async function firstRelease(
  { platform }: MeasuredSystem,
  ref: ServiceRef,
  release: Release,
): Promise<string> {
  let step = 0;
  const next = () => ({ rolloutId: 'first-release', step: ++step });
  await platform.claim(ref, next(), 'bench/first-release', 'canary');
  const readiness = { deadlineMs: 60_000 };
  await platform.applyCanary(ref, next(), { release, replicas, readiness });
  await until(`${ref.service} is ready`, async () => {
    const state = await platform.readService(ref);
    return state?.canary?.replicas.every(({ ready }) => ready) === true;
  });
  await platform.setWeight(ref, next(), 100);
  await platform.promoteCanary(ref, next());
  await platform.releaseService(ref, next());
  const state = await platform.readService(ref);
  if (state?.url === undefined) throw new Error(`${ref.service} has no address`);
  return state.url;
}

/** Started as by `belay deploy`. Returns the workflow's ID when the rollout may act. */
export async function startCanary(
  { client, config }: MeasuredSystem,
  ref: ServiceRef,
  written: WrittenCanary,
): Promise<string> {
  const asWritten = { kind: 'canary', ...ref, replicas, ...written };
  await startRollout(client, {
    spec: resolved(asWritten),
    asWritten: writtenSpec(asWritten),
    taskQueue: config.taskQueue,
    by: 'bench',
  });
  return rolloutWorkflowId(ref);
}

function resolved(asWritten: object): CanarySpec {
  const resolution = resolveSpecInput('canary', asWritten);
  if (resolution.ok) return resolution.spec;
  throw new Error(formatProblems(resolution.problems, { source: 'the spec of this benchmark' }));
}
