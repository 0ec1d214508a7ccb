import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createChangeControlActivities } from '../../../activities/kernel/change-control.ts';
import { createBudgetGate } from '../../../activities/objectives/budget-gate.ts';
import type { PermitAnswer, PermitRequest } from '../../../src/contracts/kernel/change-control.ts';
import type { MonitorState } from '../../../src/contracts/objectives/objective-store.ts';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

const day = 86_400_000;
const nowMs = Date.UTC(2026, 10, 30, 12);

const stateWith = (bad: number): MonitorState => {
  const tally = { ...emptyTally, goodMs: 30 * day, good: 1_000_000 - bad, bad, busiest: 100 };
  const span = { fromMs: nowMs - 30 * day, untilMs: nowMs };
  const objective = objectiveOf({ gatesBudget: true });
  const standing = judgeObjective(objective, tally, { span, leastCoverage: 0.9 });
  return { environment: 'prod', atMs: nowMs, standings: [standing] };
};

const request = (more: Partial<PermitRequest> = {}): PermitRequest => ({
  ...{ runRef: 'one', family: 'rollouts', kind: 'canary', workflowId: 'rollout/prod/shop' },
  ...{ firstRunId: 'r', scopes: [{ of: 'service', name: 'shop' }], ...more },
});

describe('a run that asks for a permit', () => {
  const asked: PermitRequest[] = [];
  const activitiesWith = (readState: () => Promise<MonitorState | undefined>) => {
    asked.length = 0;
    return createChangeControlActivities(
      {
        askPermit: (each) => {
          asked.push(each);
          return Promise.resolve({ granted: true, notes: ['granted'] });
        },
        readState: () => Promise.resolve(undefined),
        findDeadHolders: () => Promise.resolve([]),
      },
      createBudgetGate({ readState }, { now: () => nowMs, patience: 50 }),
    );
  };
  const ask = (
    readState: () => Promise<MonitorState | undefined>,
    more: Partial<PermitRequest> = {},
  ): Promise<PermitAnswer> =>
    new MockActivityEnvironment({ startToCloseTimeoutMs: 10_000 }).run(
      activitiesWith(readState).askPermit,
      'prod',
      request(more),
    );

  it('is refused where the error budget of its service is empty, and holds no permit', async () => {
    const answer = await ask(() => Promise.resolve(stateWith(2_000)));
    expect(answer).toMatchObject({ granted: false, type: 'PermitRefused' });
    expect(asked).toEqual([]);
  });

  it('is refused as an experiment, and as a campaign', async () => {
    for (const kind of ['chaosExperiment', 'chaosCampaign']) {
      const scopes = kind === 'chaosCampaign' ? [] : request().scopes;
      const answer = await ask(() => Promise.resolve(stateWith(2_000)), {
        ...{ family: 'chaos', kind, scopes },
      });
      expect(answer.granted).toBe(false);
    }
  });

  it('is never refused as a rollback or a recovery', async () => {
    const rollback = await ask(() => Promise.resolve(stateWith(2_000)), { kind: 'rollback' });
    const failover = await ask(() => Promise.resolve(stateWith(2_000)), {
      ...{ family: 'recovery', kind: 'failover' },
    });
    expect([rollback.granted, failover.granted]).toEqual([true, true]);
  });

  it('goes ahead with an override, which its notes have beside those of change control', async () => {
    const override = { by: 'ana', why: 'it is the fix' };
    const answer = await ask(() => Promise.resolve(stateWith(2_000)), { override });
    if (!answer.granted) throw new Error(answer.reason);
    expect(answer.notes[0]).toBe('granted');
    expect(answer.notes[1]).toContain('ana overrides it, because "it is the fix"');
  });

  it('goes ahead where the ledger fails, and says so', async () => {
    const answer = await ask(() => Promise.reject(new Error('the ledger is away')));
    expect(answer).toEqual({
      granted: true,
      notes: ['granted', 'Error budgets were not asked: the ledger is away'],
    });
  });

  it('does not wait for a ledger that hangs', async () => {
    const answer = await ask(() => new Promise(() => undefined));
    expect(answer).toMatchObject({ granted: true });
    if (answer.granted) expect(answer.notes[1]).toContain('did not answer within 50ms');
  });
});
