import { describe, expect, it } from 'vitest';
import {
  inversePatch,
  isApplied,
  undoOf,
} from '../../../../src/adapters/playbooks/kubernetes/merge-patch.ts';
import { judgeFence } from '../../../../src/adapters/playbooks/kubernetes/judge-fence.ts';
import { judgeReadiness } from '../../../../src/adapters/playbooks/kubernetes/judge-readiness.ts';

const object = { spec: { replicas: 3, paused: true, labels: { a: '1' }, list: [1, 2] } };
const patch = { spec: { replicas: 5, paused: null, labels: { b: '2' }, list: [9] } };
const patched = { spec: { replicas: 5, labels: { a: '1', b: '2' }, list: [9] } };
const inverse = { spec: { replicas: 3, paused: true, labels: { b: null }, list: [1, 2] } };

describe('a merge patch', () => {
  it('is undone by what was there before, and nulls for what was not', () => {
    expect(inversePatch(object, patch)).toEqual(inverse);
    expect(undoOf(patched, patch, inverse)).toEqual(inverse);
    expect([isApplied(object, patch), isApplied(patched, patch)]).toEqual([false, true]);
  });

  it('is undone only where nobody has changed it since', () => {
    const changed = { spec: { ...patched.spec, replicas: 7, list: [9, 9] } };
    expect(undoOf(changed, patch, inverse)).toEqual({
      spec: { paused: true, labels: { b: null } },
    });
    expect(undoOf(object, patch, inverse)).toEqual({});
  });
});

describe('a merge patch of a mapping that was absent', () => {
  it.each(['annotations', 'labels'])('takes only its own %s back', (key) => {
    const own = { metadata: { [key]: { drained: 'yes' } } };
    const back = inversePatch({ metadata: { name: 'web' } }, own);
    expect(back).toEqual({ metadata: { [key]: { drained: null } } });
    const shared = { metadata: { [key]: { drained: 'yes', 'belay.dev/playbook-act': 'run-a/1' } } };
    expect(undoOf(shared, own, back)).toEqual(back);
    const changed = { metadata: { [key]: { drained: 'no', other: 'x' } } };
    expect(undoOf(changed, own, back)).toEqual({});
  });

  it('takes back each field of it by itself, however deep', () => {
    const own = { spec: { template: { metadata: { labels: { a: '1', b: '2' } } } } };
    const back = inversePatch({}, own);
    expect(back).toEqual({ spec: { template: { metadata: { labels: { a: null, b: null } } } } });
    const changed = { spec: { template: { metadata: { labels: { a: '1', b: '3' } } } } };
    expect(undoOf(changed, own, back)).toEqual({
      spec: { template: { metadata: { labels: { a: null } } } },
    });
  });

  it('is removed where the patch made it empty', () => {
    expect(inversePatch({}, { spec: { emptyDir: {} } })).toEqual({ spec: { emptyDir: null } });
  });
});

describe('the fence of an object', () => {
  it.each([
    [undefined, 'new'],
    ['run-a/10', 'repeated'],
    ['run-a/9', 'new'],
    ['run-a/11', 'stale'],
    ['run-b/9', 'new'],
    ['run-b/11', 'stale'],
    ['garbage', 'new'],
  ])('%s makes act 10 of run-a %s', (written, standing) => {
    expect(judgeFence(written, { rolloutId: 'run-a', step: 10 })).toBe(standing);
  });
});

describe('a workload', () => {
  const workload = (replicas: number, status: object, generation = 2) => ({
    kind: 'Deployment',
    metadata: { generation },
    spec: { replicas },
    status: { observedGeneration: 2, ...status },
  });
  const whole = { replicas: 2, updatedReplicas: 2, readyReplicas: 2 };
  const crashing = {
    status: {
      containerStatuses: [
        {
          name: 'app',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
        },
      ],
    },
  };

  it.each([
    ['is ready where all replicas are', workload(2, whole), true, ''],
    ['of 0 replicas is not ready', workload(0, {}), false, 'no replicas are wanted'],
    [
      'is not ready before its controller has seen the change',
      workload(2, whole, 3),
      false,
      'not looked',
    ],
    [
      'is not ready while old pods run',
      workload(2, { ...whole, replicas: 3 }),
      false,
      '1 more pods',
    ],
    [
      'is not ready where the ready pods are old',
      workload(2, { ...whole, updatedReplicas: 1 }),
      false,
      '',
    ],
  ])('%s', (_, written, passed, why) => {
    const judged = judgeReadiness(written, []);
    expect(judged.passed).toBe(passed);
    expect(judged.why).toContain(why);
  });

  it('names what crashes, and how it ended last', () => {
    const judged = judgeReadiness(workload(2, { replicas: 2 }), [crashing]);
    expect(judged).toMatchObject({
      crashing: 1,
      why: 'container app: CrashLoopBackOff, last ended with OOMKilled 137',
    });
  });
});
