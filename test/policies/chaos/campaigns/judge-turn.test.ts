import { describe, expect, it } from 'vitest';
import { judgeTurn, type TurnFacts } from '../../../../src/policies/chaos/campaigns/judge-turn.ts';

const minuteMs = 60_000;

const judge = (nowMs: number, more: Partial<TurnFacts> = {}) =>
  judgeTurn(
    {
      ...{ occurrence: { index: 0, dueMs: 10 * minuteMs }, lengthMs: minuteMs },
      ...{ sinceMs: 0, notBeforeMs: 0, ...more },
    },
    nowMs,
  );

describe('the turn of an experiment', () => {
  it('is at its time, or once the pause after the one before it is over', () => {
    expect(judge(0)).toEqual({ kind: 'wait', untilMs: 10 * minuteMs, why: 'it is due' });
    expect(judge(10 * minuteMs)).toEqual({ kind: 'go' });
    expect(judge(10 * minuteMs, { notBeforeMs: 12 * minuteMs })).toEqual({
      ...{ kind: 'wait', untilMs: 12 * minuteMs, why: 'the pause is over' },
    });
  });

  it('is missed once it is due again, and once the campaign is over', () => {
    const occurrence = { index: 0, dueMs: 10 * minuteMs, nextDueMs: 20 * minuteMs };
    expect(judge(20 * minuteMs - 1, { occurrence })).toEqual({ kind: 'go' });
    expect(judge(20 * minuteMs, { occurrence })).toEqual({
      ...{ kind: 'missed', why: 'it was due again before there was time for it' },
    });
    expect(judge(30 * minuteMs, { lastsMs: 30 * minuteMs })).toEqual({
      ...{ kind: 'missed', why: 'the campaign was over' },
    });
  });

  it('is named with the experiment that kept it waiting', () => {
    const before = { experiment: 'slow', endedAtMs: 22 * minuteMs };
    const occurrence = { index: 0, dueMs: 10 * minuteMs, nextDueMs: 20 * minuteMs };
    const why = 'slow was under way until 1970-01-01 00:22 UTC';
    expect(judge(22 * minuteMs, { occurrence, before })).toEqual({
      ...{ kind: 'missed', why: `it was due again before there was time for it: ${why}` },
    });
    expect(judge(30 * minuteMs, { lastsMs: 30 * minuteMs, before })).toEqual({
      ...{ kind: 'missed', why: `the campaign was over: ${why}` },
    });
    expect(judge(22 * minuteMs, { notBeforeMs: 27 * minuteMs, before })).toEqual({
      ...{ kind: 'wait', untilMs: 27 * minuteMs, why: 'the pause after slow is over' },
    });
    const early = { ...before, endedAtMs: 5 * minuteMs };
    expect(judge(20 * minuteMs, { occurrence, before: early })).toMatchObject({
      why: 'it was due again before there was time for it',
    });
  });

  it('waits for allowed hours that have room for all of it', () => {
    const allowed = [
      { fromMs: 0, untilMs: 10.5 * minuteMs },
      { fromMs: 40 * minuteMs, untilMs: 60 * minuteMs },
    ];
    expect(judge(10 * minuteMs, { allowed })).toEqual({
      ...{ kind: 'wait', untilMs: 40 * minuteMs, why: 'the allowed hours begin' },
    });
    expect(judge(41 * minuteMs, { allowed })).toEqual({ kind: 'go' });
    const occurrence = { index: 0, dueMs: 10 * minuteMs, nextDueMs: 20 * minuteMs };
    expect(judge(10 * minuteMs, { allowed, occurrence })).toEqual({
      ...{ kind: 'missed', why: 'it was due again before the allowed hours began' },
    });
    expect(judge(10 * minuteMs, { allowed, lastsMs: 30 * minuteMs })).toEqual({
      ...{ kind: 'missed', why: 'the campaign was over before the allowed hours began' },
    });
    expect(judge(10 * minuteMs, { allowed: [], lengthMs: minuteMs })).toEqual({
      ...{ kind: 'missed', why: 'no allowed hours of the next days have room for 1m' },
    });
  });
});
