import { describe, expect, test } from 'vitest';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';
import {
  newService,
  planCanary,
  planClaim,
  planServiceRelease,
  planPromotion,
  planRemoval,
  planWeight,
} from '../../../src/local-platform/acts/plan-acts.ts';
import type { ServiceRecord } from '../../../src/local-platform/state/service-record.ts';

const claimant = (workflowId: string) => ({ workflowId, kind: 'canary' as const });

const held = { rolloutId: 'r1', step: 10 };
const release = { version: 'v2', inProcess: { status: 200 } };
const canary = { release, replicas: 2, readiness: { deadlineMs: 1_000 } };
const empty: ServiceRecord = {
  ...newService({ environment: 'test', service: 'shop', port: 1 }, held),
  ownerWorkflowId: 'rollout/test/shop',
};
const withCanary: ServiceRecord = planCanary(empty, held, canary, '/');

const acts: Record<string, (fence: typeof held) => ServiceRecord> = {
  'a canary': (fence) => planCanary(withCanary, fence, canary, '/'),
  'a weight': (fence) => planWeight(withCanary, fence, 5, 1),
  'a removal': (fence) => planRemoval(withCanary, fence),
  'a promotion': (fence) => planPromotion({ ...withCanary, canaryWeight: 100 }, fence, 2, 0),
  'a claim': (fence) => planClaim(withCanary, fence, claimant('rollout/test/shop')),
  'releasing the service': (fence) => planServiceRelease(withCanary, fence),
};

function outcome(plan: () => ServiceRecord): string {
  try {
    const { rolloutId, step } = plan().fence;
    return `${rolloutId}:${step}`;
  } catch (error) {
    if (error instanceof PlatformError) return error.code;
    throw error;
  }
}

describe.each(Object.entries(acts))('%s', (_act, plan) => {
  test.each([
    { step: 9, is: 'stale-fence', why: 'a later act has been accepted' },
    { step: 10, is: 'r1:10', why: 'it is the last act, tried again' },
    { step: 11, is: 'r1:11', why: 'it is the next act' },
  ])('of the rollout that owns the service, step $step of 10: $is, as $why', ({ step, is }) => {
    expect(outcome(() => plan({ rolloutId: 'r1', step }))).toBe(is);
  });
});

test.each(['a canary', 'a weight', 'a removal', 'a promotion'])(
  '%s of a rollout that has not claimed the service is refused, however high its step',
  (act) => {
    expect(outcome(() => acts[act]!({ rolloutId: 'r2', step: 99 }))).toBe('stale-fence');
  },
);

test.each([
  { step: 10, is: 'stale-fence' },
  { step: 11, is: 'r2:11' },
])(
  'another rollout takes a service over only with a higher step: $step gives $is',
  ({ step, is }) => {
    expect(outcome(() => planClaim(empty, { rolloutId: 'r2', step }, claimant('w')))).toBe(is);
  },
);

test('releasing a service that another rollout owns changes nothing', () => {
  expect(planServiceRelease(empty, { rolloutId: 'r0', step: 99 })).toBe(empty);
});

test('late acts stay refused after the service was released', () => {
  const free = planServiceRelease(withCanary, { rolloutId: 'r1', step: 20 });
  expect(free.ownerWorkflowId).toBeUndefined();
  expect(outcome(() => planWeight(free, { rolloutId: 'r1', step: 19 }, 5, 1))).toBe('stale-fence');
  expect(outcome(() => planClaim(free, { rolloutId: 'r2', step: 20 }, claimant('w')))).toBe(
    'stale-fence',
  );
});

test('a refusal names the act that came first', () => {
  expect(() => planWeight(withCanary, { rolloutId: 'r1', step: 9 }, 5, 1)).toThrow(
    'step 9 of rollout r1 comes too late: step 10 of rollout r1 has been accepted',
  );
  expect(() => planWeight(withCanary, { rolloutId: 'r2', step: 99 }, 5, 1)).toThrow(
    'rollout r2 does not own this service: rollout r1 claimed it at step 10; claim it first',
  );
});
