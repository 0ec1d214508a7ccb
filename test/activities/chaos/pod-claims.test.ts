import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createPodFaultActivities } from '../../../activities/chaos/pod-faults.ts';
import type {
  FaultPods,
  PodFaultActivities,
  PodName,
} from '../../../src/contracts/chaos/pod-faults.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { scriptedPod } from '../../fixtures/scripted-pods.ts';

const selection = { namespace: 'shop', labels: { app: 'web' } };
const staging = { runRef: 'run-of-staging', step: 5 };
const prod = { runRef: 'run-of-prod', step: 6 };
const durationMs = 30_000;

let written: string | undefined;
let crashed: string[];
let repeated: boolean[];
let failure: Error | undefined;
let acts: PodFaultActivities;

/** Two pods of one ReplicaSet, which keeps what is written at it. */
const pods: FaultPods = {
  list: async () => [scriptedPod('web-1'), scriptedPod('web-2')],
  refuseRight: async () => undefined,
  find: async () => undefined,
  wanted: async () => 2,
  readClaim: async () => written,
  writeClaim: async (_, { was, to }) => {
    if (written !== was) return false;
    written = to;
    return true;
  },
  crash: async ({ pod }, isRepeated) => {
    repeated.push(isRepeated);
    if (failure !== undefined) throw failure;
    crashed.push(pod.name);
  },
  spare: async () => undefined,
};

const find = async (): Promise<[PodName, PodName]> => {
  const found = await acts.examinePods(selection);
  expect(found.refusals).toEqual([]);
  return found.pods.map(({ pod }) => pod) as [PodName, PodName];
};

const crash = (pod: PodName, act = staging, attempt = 1) =>
  new MockActivityEnvironment({ attempt }).run(() => acts.crashPod({ act, pod, durationMs }));

beforeEach(() => {
  [written, crashed, repeated, failure] = [undefined, [], [], undefined];
  acts = createPodFaultActivities(pods);
});

describe('pods of one controller', () => {
  it('are hit by one run at a time, until it has removed its fault', async () => {
    const [one, other] = await find();
    await crash(one);
    await expect(crash(other, prod)).rejects.toThrow('run run-of-staging hits pods of ReplicaSet');
    expect((await acts.examinePods(selection)).refusals.join()).toContain('run-of-staging hits');
    await crash(other, { ...staging, step: 7 });
    await acts.sparePod({ act: staging, pod: one });
    await expect(crash(other, prod)).rejects.toThrow('run-of-staging');
    await acts.sparePod({ act: { ...staging, step: 7 }, pod: other });
    await crash(other, prod);
    expect(crashed).toEqual(['web-1', 'web-2', 'web-2']);
  });

  it('may be hit by another run once one could hit none of them', async () => {
    const [one] = await find();
    failure = new PartError('refused', 'it ended by itself before it was hit');
    await expect(crash(one)).rejects.toThrow('ended by itself');
    failure = undefined;
    // Also where this attempt has come after its removal, which does not come again.
    await crash(one, prod);
  });

  it('stay with a run that may have hit one of them before it was refused', async () => {
    const [one] = await find();
    failure = new PartError('unavailable', 'the API server does not answer');
    await expect(crash(one)).rejects.toThrow('does not answer');
    failure = new PartError('refused', 'it may not be deleted');
    await expect(crash(one, staging, 2)).rejects.toThrow('may not be deleted');
    failure = undefined;
    await expect(crash(one, prod)).rejects.toThrow('run-of-staging');
  });

  it('are refused as they were where the claim on them cannot be given back', async () => {
    const [one] = await find();
    failure = new PartError('stale-fence', 'it is spared by now');
    const { writeClaim } = pods;
    vi.spyOn(pods, 'writeClaim')
      .mockImplementationOnce(writeClaim)
      .mockRejectedValueOnce(new PartError('unavailable', 'the API server does not answer'));
    await expect(crash(one)).rejects.toThrow('spared by now');
  });

  it('stay with a run that has hit one of them where the next one is refused', async () => {
    const [one, other] = await find();
    await crash(one);
    failure = new PartError('refused', 'it ended by itself before it was hit');
    await expect(crash(other, { ...staging, step: 7 })).rejects.toThrow('ended by itself');
    failure = undefined;
    await expect(crash(other, prod)).rejects.toThrow('run-of-staging');
  });

  it('may be hit by another run after an attempt that came too late', async () => {
    const [one] = await find();
    failure = new PartError('stale-fence', 'it is spared by now');
    await expect(crash(one)).rejects.toThrow('spared by now');
    failure = undefined;
    await crash(one, prod);
  });

  it('count as hit by an earlier attempt only where that had claimed them', async () => {
    const [one] = await find();
    vi.spyOn(pods, 'readClaim').mockRejectedValueOnce(new PartError('unavailable', 'no answer'));
    await expect(crash(one)).rejects.toThrow('no answer');
    await crash(one, staging, 2);
    await crash(one, staging, 3);
    expect(repeated).toEqual([false, true]);
  });

  it('stay with a run of which nobody knows whether it has hit them', async () => {
    const [one] = await find();
    failure = new PartError('unavailable', 'the API server does not answer');
    await expect(crash(one)).rejects.toThrow('does not answer');
    failure = undefined;
    await expect(crash(one, prod)).rejects.toThrow('run-of-staging');
    await crash(one);
  });

  it('stay with a later act of a run where an attempt of an earlier one comes too late', async () => {
    const [one, other] = await find();
    await crash(other, { ...staging, step: 7 });
    failure = new PartError('stale-fence', 'it is spared by now');
    await expect(crash(one, staging, 2)).rejects.toThrow('spared by now');
    failure = undefined;
    await expect(crash(one, prod)).rejects.toThrow('run-of-staging');
    await acts.sparePod({ act: { ...staging, step: 7 }, pod: other });
    await crash(one, prod);
  });

  it('may be hit by another run where the claim on them was written, nobody heard of that, and none was hit', async () => {
    const [one] = await find();
    const { writeClaim } = pods;
    vi.spyOn(pods, 'writeClaim').mockImplementationOnce(async (pod, change) => {
      await writeClaim(pod, change);
      return false;
    });
    failure = new PartError('refused', 'it ended by itself before it was hit');
    await expect(crash(one)).rejects.toThrow('ended by itself');
    failure = undefined;
    await crash(one, prod);
  });

  it('are not kept by a claim whose time is over', async () => {
    const [one] = await find();
    written = 'a-run-that-died/3 until 2020-01-01T00:00:00.000Z';
    const [again] = await find();
    expect(again).toEqual(one);
    await crash(one, prod);
    expect(written).toContain('run-of-prod/6 until ');
  });
});
