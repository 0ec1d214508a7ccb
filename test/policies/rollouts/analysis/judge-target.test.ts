import { describe, expect, it } from 'vitest';
import type { ReplicaState, ServiceState } from '../../../../src/contracts/rollouts/platform.ts';
import { judgeTarget } from '../../../../src/policies/rollouts/analysis/judge-target.ts';

const watch = { rolloutId: 'r1', weight: 20, version: 'v2', track: 'canary' as const };
const replica = (ready: boolean): ReplicaState => ({
  name: `v2-${ready}`,
  ready,
  restarts: 0,
  ...(!ready && { trouble: 'exit code 1' }),
});

function service(over: Partial<ServiceState> = {}, replicas = [replica(true)]): ServiceState {
  return {
    service: 'shop',
    environment: 'demo',
    revision: 1,
    canary: { release: { version: 'v2' }, wanted: replicas.length, replicas },
    canaryWeight: 20,
    owner: { rolloutId: 'r1', step: 7, workflowId: 'rollout/demo/shop' },
    kept: [],
    ...over,
  };
}

const { owner: _owner, ...nobodys } = service();
const { canary: _canary, ...withoutCanary } = service();

describe('a look at the held target', () => {
  it.each([
    ['it is as expected', service()],
    ['one of two replicas is ready', service({}, [replica(false), replica(true)])],
  ])('finds nothing wrong when %s', (_title, state) => {
    expect(judgeTarget(watch, state)).toEqual({ kind: 'as-expected' });
  });

  it.each([
    ['the platform has forgotten the service', undefined, 'the service is gone from its platform'],
    ['nobody owns it', nobodys, 'this rollout no longer owns the service: it is owned by nobody'],
    [
      'another rollout took it',
      service({ owner: { rolloutId: 'r2', step: 1, workflowId: 'w' } }),
      'this rollout no longer owns the service: it is owned by rollout r2',
    ],
    ['its canary was removed', withoutCanary, 'the canary is gone'],
    [
      'its canary is another release',
      service({ canary: { release: { version: 'v3' }, wanted: 1, replicas: [replica(true)] } }),
      'the canary runs v3, not v2',
    ],
  ])('fails when %s', (_title, state, reason) => {
    expect(judgeTarget(watch, state)).toEqual({
      kind: 'verdict',
      verdict: { kind: 'fail', reasons: [reason] },
    });
  });

  it('is drift where others gave it another release: who wrote it is known then', () => {
    const canary = { release: { version: 'v3' }, wanted: 1, replicas: [replica(true)] };
    const drift = ['spec.template: Deployment shop-canary was edited; written by gitops'];
    expect(judgeTarget(watch, service({ canary, drift }))).toEqual({
      kind: 'drift',
      changes: drift,
    });
  });

  it('is inconclusive when someone changed the weight', () => {
    expect(judgeTarget(watch, service({ canaryWeight: 0 }))).toEqual({
      kind: 'verdict',
      verdict: {
        kind: 'inconclusive',
        reasons: ["the canary's weight is 0 %, not 20 %: someone changed it"],
      },
    });
  });

  it.each([
    ['no replica is ready', [replica(false)], '0 of 1 replicas ready; v2-false: exit code 1'],
    ['no replica exists', [], '0 of 0 replicas ready'],
  ])('is unready when %s', (_title, replicas, reason) => {
    expect(judgeTarget(watch, service({}, replicas))).toEqual({ kind: 'unready', reason });
  });
});
