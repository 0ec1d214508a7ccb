import { describe, expect, it } from 'vitest';
import type { MonitorState } from '../../../src/contracts/objectives/objective-store.ts';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import { judgeGate } from '../../../src/policies/objectives/judge-gate.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

const nowMs = Date.UTC(2026, 10, 30, 12);
const day = 86_400_000;
const span = { fromMs: nowMs - 30 * day, untilMs: nowMs };

const stateWith = (bad: number, { measured = 30, gatesBudget = true, atMs = nowMs } = {}) => {
  const missingMs = (30 - measured) * day;
  const counted = { good: 1_000_000 - bad, bad, busiest: 100, goodMs: measured * day };
  const tally = { ...emptyTally, ...counted, noDataMs: missingMs, unknownMs: missingMs };
  const standing = judgeObjective(objectiveOf({ gatesBudget }), tally, {
    span,
    leastCoverage: 0.9,
  });
  return { environment: 'prod', atMs, standings: [standing] } satisfies MonitorState;
};
const deploy = {
  ...{ family: 'rollouts', kind: 'canary', scopes: [{ of: 'service' as const, name: 'shop' }] },
};
const judge = (state: MonitorState | undefined, asking: object = {}) =>
  judgeGate(state, { ...deploy, ...asking }, nowMs);

describe('an error budget', () => {
  it('that is empty stops a rollout of its service, and says how to go ahead', () => {
    const { refusal } = judge(stateWith(2_000));
    expect(refusal).toBe(
      'The error budget of checkout (shop) is empty: 2000 bad requests, and 1000 are allowed. Nothing was started or changed. ' +
        'To go ahead all the same, give a name and a reason, which are recorded: belay deploy --override-budget --why REASON, or ' +
        'override: {by, why} in the spec. It stops no rollback and no abort.',
    );
  });

  it('that is empty stops an experiment on its service, and one that names no service', () => {
    const chaos = { family: 'chaos', kind: 'chaosExperiment' };
    expect(judge(stateWith(2_000), chaos).refusal).toContain('is empty');
    const host = { ...chaos, scopes: [{ of: 'host', name: 'web-1' }] };
    expect(judge(stateWith(2_000), host).refusal).toContain('is empty');
  });

  it('that is empty stops nothing of another service', () => {
    const other = { scopes: [{ of: 'service', name: 'cart' }] };
    expect(judge(stateWith(2_000), other)).toEqual({ notes: [] });
  });

  it('stops nothing where something is left, and where its objective gates nothing', () => {
    expect(judge(stateWith(500))).toEqual({ notes: [] });
    expect(judge(stateWith(2_000, { gatesBudget: false }))).toEqual({ notes: [] });
  });

  it('is overridden by a name and a reason, which the report has', () => {
    const override = { by: 'ana', why: 'it is the fix' };
    const { refusal, notes } = judge(stateWith(2_000), { override });
    expect(refusal).toBeUndefined();
    expect(notes).toEqual([
      'Went ahead although the error budget of checkout (shop) is empty: 2000 bad requests, and 1000 are allowed: ana overrides it, because "it is the fix"',
    ]);
  });

  it('stops nothing where its monitor no longer measures, and says so', () => {
    const { refusal, notes } = judge(stateWith(2_000, { atMs: nowMs - 3_600_000 }));
    expect(refusal).toBeUndefined();
    expect(notes).toEqual([
      'Error budgets were not asked: the objectives of prod were last measured 1h ago',
    ]);
  });

  it('stops nothing where too little was measured, and says so', () => {
    const { refusal, notes } = judge(stateWith(900, { measured: 15 }));
    expect(refusal).toBeUndefined();
    expect(notes[0]).toContain('50% of its window was measured, which is insufficient');
  });

  it('stops nothing where its monitor has no data of the last minutes, and says so', () => {
    const state = stateWith(2_000);
    const silentSince = (dataUntilMs: number) => ({
      ...state,
      standings: state.standings.map((each) => ({ ...each, silence: 'it is away', dataUntilMs })),
    });
    const { refusal, notes } = judge(silentSince(nowMs - 3_600_000));
    expect(refusal).toBeUndefined();
    expect(notes).toEqual([
      'The error budget of checkout was not asked: there is no data of the last minutes (it is away)',
    ]);
    expect(judge(silentSince(nowMs - 120_000)).refusal).toContain('is empty');
  });

  it('stops nothing where there is no monitor', () => {
    expect(judge(undefined)).toEqual({ notes: [] });
  });
});
