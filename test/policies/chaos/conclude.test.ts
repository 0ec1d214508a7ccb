import { describe, expect, it } from 'vitest';
import type { MetricVerdict } from '../../../src/contracts/chaos/details.ts';
import { conclude, type Findings } from '../../../src/policies/chaos/conclude.ts';

const metric = (state: MetricVerdict['state']): MetricVerdict => ({
  ...{ name: 'answers', state, samples: 30, reason: 'as it was' },
});

const passed: Findings = {
  ...{ leftBehind: [], recoveredAfterMs: 1_000, recoverWithinMs: 300_000, notInjected: [] },
  ...{ halted: undefined, vanished: [], unseen: [], during: [metric('holds')] },
};

const outcome = (more: Partial<Findings>) => conclude({ ...passed, ...more }).outcome;

describe('the verdict of an experiment', () => {
  it('is Passed only where the hypothesis held during the fault and after it', () => {
    expect(conclude(passed)).toEqual({
      outcome: 'Passed',
      reason: 'the hypothesis held during the fault, and held again 1s after it',
    });
    expect(outcome({ during: [metric('holds'), metric('fails')] })).toBe('Failed');
  });

  it('is Failed where recovery was never seen, whatever else there was', () => {
    expect(outcome({ recoveredAfterMs: undefined })).toBe('Failed');
    const halted = 'Halted by ana';
    expect(conclude({ ...passed, recoveredAfterMs: undefined, halted })).toEqual({
      outcome: 'Failed',
      reason: 'the hypothesis did not hold again within 5m; it was halted before: Halted by ana',
    });
  });

  it('is LeftBehind before anything else', () => {
    const all = { notInjected: ['web-2: no'], halted: 'ana', recoveredAfterMs: undefined };
    expect(outcome({ ...all, leftBehind: ['web-1: state T'] })).toBe('LeftBehind');
  });

  it('never passes for missing data', () => {
    expect(outcome({ during: undefined })).toBe('Inconclusive');
    expect(outcome({ during: [] })).toBe('Inconclusive');
    expect(outcome({ during: [metric('no-data')] })).toBe('Inconclusive');
    expect(outcome({ during: [metric('no-data'), metric('fails')] })).toBe('Failed');
  });

  it('is NotInjected where no probe saw the fault, and Inconclusive where it was gone too early', () => {
    expect(outcome({ notInjected: ['web-2: state S'], during: undefined })).toBe('NotInjected');
    expect(outcome({ vanished: ['web-1: it has ended'] })).toBe('Inconclusive');
    expect(outcome({ vanished: ['web-1: it has ended'], during: [metric('fails')] })).toBe(
      'Failed',
    );
  });

  it('is Inconclusive where nobody could be asked at the end, and does not say that it was gone', () => {
    expect(conclude({ ...passed, unseen: ['web-1: it is absent'] })).toEqual({
      outcome: 'Inconclusive',
      reason: 'nobody saw whether it was still there at the end: web-1: it is absent',
    });
    expect(outcome({ unseen: ['web-1: it is absent'], during: [metric('fails')] })).toBe('Failed');
  });

  it('is Aborted where it was halted while a fault was injected', () => {
    const halted = 'Halted by ana: slow';
    expect(conclude({ ...passed, halted, notInjected: ['web-1: cancelled'] })).toEqual({
      ...{ outcome: 'Aborted', reason: halted },
    });
  });

  it('is Aborted where somebody ended it, and it recovered', () => {
    expect(conclude({ ...passed, halted: 'Halted by ana: slow' })).toEqual({
      outcome: 'Aborted',
      reason: 'Halted by ana: slow',
    });
  });
});
