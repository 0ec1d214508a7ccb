import { describe, expect, it } from 'vitest';
import type { MetricVerdict } from '../../../src/contracts/chaos/details.ts';
import { conclude, type Findings } from '../../../src/policies/chaos/conclude.ts';

const metric = (state: MetricVerdict['state']): MetricVerdict => ({
  ...{ name: 'answers', state, samples: 30, reason: 'as it was' },
});

const passed: Findings = {
  ...{ leftBehind: [], recovery: { kind: 'seen', afterMs: 1_000 }, notInjected: [] },
  ...{ ineffective: [], halted: undefined, vanished: [], idle: [], unseen: [] },
  during: [metric('holds')],
};

const unseen = { kind: 'unseen', why: 'web-1 was not seen to run within 5m: state T' } as const;

const outcome = (more: Partial<Findings>) => conclude({ ...passed, ...more }).outcome;

describe('the verdict of an experiment', () => {
  it('is Passed only where the hypothesis held during the fault and after it', () => {
    expect(conclude(passed)).toEqual({
      outcome: 'Passed',
      reason: 'the hypothesis held during the fault, and held again 1s after it',
    });
    expect(outcome({ during: [metric('holds'), metric('fails')] })).toBe('Failed');
  });

  it('is Failed where it did not recover in its time, and says what did not', () => {
    expect(conclude({ ...passed, recovery: unseen })).toEqual({
      ...{ outcome: 'Failed', reason: unseen.why },
    });
    expect(conclude({ ...passed, recovery: unseen, halted: 'Halted by ana' })).toEqual({
      outcome: 'Failed',
      reason: `${unseen.why}; it was halted before: Halted by ana`,
    });
  });

  it('is what was known before where nobody waited for the recovery, and never Passed', () => {
    const given = { ...passed, recovery: { kind: 'given-up', why: 'given up by ana' } as const };
    expect(conclude(given)).toEqual({
      outcome: 'Inconclusive',
      reason: 'the hypothesis held during the fault; recovery was not seen: given up by ana',
    });
    expect(conclude({ ...given, during: [metric('fails')] })).toEqual({
      outcome: 'Failed',
      reason: 'answers: as it was; recovery was not seen: given up by ana',
    });
    expect(conclude({ ...given, halted: 'Halted by ben' })).toEqual({
      outcome: 'Aborted',
      reason: 'Halted by ben; recovery was not seen: given up by ana',
    });
    expect(conclude({ ...given, leftBehind: ['web-1: state T'] }).outcome).toBe('LeftBehind');
  });

  it('is LeftBehind before anything else', () => {
    const all = { notInjected: ['web-2: no'], halted: 'ana', recovery: unseen };
    expect(outcome({ ...all, leftBehind: ['web-1: state T'] })).toBe('LeftBehind');
  });

  it('tells a fault that was refused from one that nobody saw', () => {
    const both = {
      ...{ notInjected: ['web-2: it is another process now'], during: undefined },
      ineffective: ['web-1: state S'],
    };
    expect(conclude({ ...passed, ...both })).toEqual({
      outcome: 'NotInjected',
      reason:
        'was not injected: web-2: it is another process now; no probe saw the fault: web-1: state S',
    });
  });

  it('does not say of a fault that was there that it was gone', () => {
    expect(conclude({ ...passed, idle: ['web-1: 0 packets'] })).toEqual({
      outcome: 'Inconclusive',
      reason: 'no probe saw at the end that it still did anything: web-1: 0 packets',
    });
  });

  it('names every metric that did not hold, and not only the first', () => {
    const slow = { ...metric('fails'), name: 'quick', reason: '3s is above 500ms' };
    expect(conclude({ ...passed, during: [metric('fails'), slow, metric('holds')] })).toEqual({
      outcome: 'Failed',
      reason: 'answers: as it was; quick: 3s is above 500ms',
    });
  });

  it('never passes for missing data', () => {
    expect(outcome({ during: undefined })).toBe('Inconclusive');
    expect(outcome({ during: [] })).toBe('Inconclusive');
    expect(outcome({ during: [metric('no-data')] })).toBe('Inconclusive');
    expect(outcome({ during: [metric('no-data'), metric('fails')] })).toBe('Failed');
  });

  it('is NotInjected where no probe saw the fault, and Inconclusive where it was gone too early', () => {
    expect(outcome({ ineffective: ['web-2: state S'], during: undefined })).toBe('NotInjected');
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
