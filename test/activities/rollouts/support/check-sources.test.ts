import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createWorkloadActivities } from '../../../../activities/rollouts/workload.ts';
import type { ServiceState } from '../../../../src/contracts/rollouts/platform.ts';
import type { AnalysisSpec } from '../../../../src/specs/rollouts/analysis.ts';
import type { KubernetesTarget } from '../../../../src/specs/rollouts/kubernetes-target.ts';
import { MemoryPlatform } from '../../../fakes/memory-platform.ts';
import { MemorySources } from '../../../fakes/memory-sources.ts';

const target: KubernetesTarget = {
  platform: 'kubernetes',
  namespace: 'shop',
  metrics: { path: '/metrics' },
};
const ref = { service: 'shop', environment: 'test', target };
const analysis: AnalysisSpec = {
  mode: 'threshold',
  count: 5,
  failureLimit: 2,
  minRequests: 1,
  metrics: [{ name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 }],
  intervalMs: 60_000,
  consecutiveErrorLimit: 3,
};

class OtherNames extends MemoryPlatform {
  absent: string | undefined = 'pod a has no http_requests_total, found grpc_requests';
  isSilent = false;

  override async readService(): ReturnType<MemoryPlatform['readService']> {
    const replicas = [{ name: 'a', ready: true, restarts: 0 }];
    const stable = { release: { version: 'v1' }, wanted: 1, replicas };
    return {
      ...{ service: 'shop', environment: 'test', revision: 1 },
      stable,
      canaryWeight: 0,
      kept: [],
    };
  }

  override async readTraffic(): ReturnType<MemoryPlatform['readTraffic']> {
    if (this.isSilent) await new Promise(() => {});
    return { takenAtMs: 1, ...(this.absent && { absent: { stable: this.absent } }), sources: {} };
  }
}

function inspect(platform: MemoryPlatform, timeoutMs = 10_000): Promise<ServiceState> {
  const platforms = { local: platform, kubernetes: platform };
  const { inspectService } = createWorkloadActivities(platforms, new MemorySources());
  const environment = new MockActivityEnvironment({ startToCloseTimeoutMs: timeoutMs });
  return environment.run<[], ServiceState, () => Promise<ServiceState>>(() =>
    inspectService(ref, undefined, analysis),
  );
}

test('a service that counts its requests under another name is told of before it is touched', async () => {
  const platform = new OtherNames();
  expect((await inspect(platform)).remarks).toEqual([
    `no data for the requests of stable yet: ${platform.absent}`,
  ]);
  platform.absent = undefined;
  expect((await inspect(platform)).remarks).toBeUndefined();
});

test('a source that does not answer holds up no start', async () => {
  const platform = new OtherNames();
  platform.isSilent = true;
  expect((await inspect(platform, 300)).remarks).toBeUndefined();
});
