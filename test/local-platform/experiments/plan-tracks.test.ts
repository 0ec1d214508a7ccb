import { describe, expect, it } from 'vitest';
import { newService } from '../../../src/local-platform/acts/plan-acts.ts';
import { planTracks, planTracksEnd } from '../../../src/local-platform/experiments/plan-tracks.ts';
import type { ServiceRecord } from '../../../src/local-platform/state/service-record.ts';

const fence = (step: number, rolloutId = 'chaos/demo/one') => ({ rolloutId, step });

const stable = {
  ...{ generation: 3, wanted: 2, folder: '/', readiness: { deadlineMs: 1 } },
  release: { version: 'v1', inProcess: { status: 200 as const } },
};

const record: ServiceRecord = {
  ...newService({ environment: 'demo', service: 'shop', port: 1 }, fence(1, 'rollout/demo/shop')),
  ...{ stable, lastGeneration: 4, chaos: 'allowed' },
};

describe('two tracks of a service', () => {
  it('have generations of their own, which no later release takes', () => {
    const planned = planTracks(record, fence(5), undefined);
    expect(planned?.generations).toEqual({ control: 5, experiment: 6 });
    expect(planned?.record).toMatchObject({ lastGeneration: 6, tracksFence: fence(5) });
    expect(planned?.stable).toBe(stable);
  });

  it('are opened once by one act, however often it comes', () => {
    const opened = { ...record, tracksFence: fence(5) };
    expect(planTracks(opened, fence(5), fence(5))).toBeUndefined();
  });

  it('are not opened by an act that comes after their end, or after a later run', () => {
    const ended = planTracksEnd(record, fence(7));
    expect(() => planTracks(ended, fence(5), undefined)).toThrow('step 5 of run chaos/demo/one');
    // The same act again, after the platform was started anew.
    expect(() => planTracks(ended, fence(7), undefined)).toThrow(
      'step 7 of run chaos/demo/one comes too late: its tracks were closed, or have ended with',
    );
    expect(() => planTracks(ended, fence(6, 'chaos/demo/two'), undefined)).toThrow('too late');
    expect(planTracksEnd(ended, fence(6))).toBe(ended);
  });

  it.each<[string, Partial<ServiceRecord>, ReturnType<typeof fence> | undefined]>([
    ['its release does not allow experiments', { chaos: 'refused' }, undefined],
    ['workflow rollout/demo/shop owns', { ownerWorkflowId: 'rollout/demo/shop' }, undefined],
    ['tracks of run chaos/demo/two are there', {}, fence(4, 'chaos/demo/two')],
  ])('are refused: %s', (reason, more, open) => {
    expect(() => planTracks({ ...record, ...more }, fence(5), open)).toThrow(reason);
  });

  it('are refused where nothing runs that they could be tracks of', () => {
    const { stable: _none, ...empty } = record;
    expect(() => planTracks(empty, fence(5), undefined)).toThrow('no release of this service');
  });
});
