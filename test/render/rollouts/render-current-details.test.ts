import { describe, expect, it } from 'vitest';
import type { RolloutStatus, StageStatus } from '../../../src/contracts/rollouts/status.ts';
import { renderCurrentDetails } from '../../../src/render/rollouts/render-current-details.ts';

const nowMs = Date.UTC(2026, 0, 2, 10, 30);
const stage = { measurements: [], tallies: {}, canaryRequests: 0, canaryErrors: 0 };

const holding: RolloutStatus = {
  kind: 'canary',
  workflowId: 'rollout/demo/shop',
  runId: 'run',
  rolloutId: '20260102T101500-ab12cd34',
  runRef: '20260102T101500-ab12cd34',
  subject: { environment: 'demo', name: 'shop' },
  steps: [],
  service: 'shop',
  environment: 'demo',
  version: 'v2',
  previousVersion: 'v1',
  phase: 'holding',
  now: 'Holding 20 % for 20m',
  accepts: ['promote', 'pause', 'abort'],
  weight: 20,
  startedAtMs: nowMs - 900_000,
  metrics: [
    { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
    { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 500 },
  ],
  stages: [
    {
      ...stage,
      weight: 5,
      holdMs: 600_000,
      state: 'passed',
      verdict: { kind: 'pass', reasons: [] },
      approvedBy: 'ana@laptop',
    },
    {
      ...stage,
      weight: 20,
      holdMs: 1_200_000,
      state: 'active',
      holdEndsAtMs: nowMs + 600_000,
      measurements: [
        { metric: 'error-rate', atMs: nowMs, requests: 900, value: 0.0042, result: 'pass' },
        { metric: 'p99', atMs: nowMs, requests: 900, result: 'inconclusive', reason: 'silence' },
      ],
    },
    { ...stage, weight: 100, holdMs: 0, state: 'pending' },
  ],
  people: [
    { atMs: nowMs - 60_000, verb: 'approve', by: 'ana@laptop', why: 'looks good' },
    { atMs: nowMs, verb: 'resume', by: 'bo', ignored: 'The rollout is not paused (holding).' },
  ],
  undo: [
    { name: 'route all traffic to stable', state: 'armed' },
    { name: 'remove the canary', state: 'armed' },
  ],
};

describe('the page of a rollout in the Temporal Web UI', () => {
  it('shows where a held canary stands and how to act on it', async () => {
    await expect(renderCurrentDetails(holding)).toMatchFileSnapshot('golden/holding.md');
  });

  it('says what decided each stage, and values in the unit of their own source', () => {
    const reasons = ['error-rate: canary 0 % of 1,220 requests failed, stable 0.2 % of 4,880'];
    const queue = {
      metric: 'queue',
      atMs: nowMs,
      requests: 0,
      value: 41.2,
      result: 'pass',
    } as const;
    const [first, second, ...rest] = holding.stages;
    const page = renderCurrentDetails({
      ...holding,
      metrics: [{ name: 'queue', measure: { kind: 'value' }, max: 100 }],
      stages: [
        { ...first!, verdict: { kind: 'pass', reasons } },
        { ...second!, measurements: [queue] },
        ...rest,
      ],
    });
    expect(page).toContain(`- 5 %: ${reasons[0]}`);
    expect(page).toContain('queue 41.2');
  });

  it('shows who is waited for, and how long', async () => {
    const [passed, { holdEndsAtMs, ...active }, last] = holding.stages as [
      StageStatus,
      StageStatus,
      StageStatus,
    ];
    const waiting: RolloutStatus = {
      ...holding,
      phase: 'awaiting-approval',
      now: 'Waiting for approval at 20 % by ana or bo',
      accepts: ['approve', 'reject', 'abort'],
      stages: [
        passed,
        {
          ...active,
          verdict: { kind: 'pass', reasons: [] },
          needsApproval: { by: ['ana', 'bo'], until: nowMs + 14_400_000 },
        },
        last,
      ],
      people: [],
    };
    await expect(renderCurrentDetails(waiting)).toMatchFileSnapshot('golden/awaiting-approval.md');
  });

  it('keeps the table whole whatever people call themselves', () => {
    const [passed] = holding.stages;
    const stages = [{ ...passed!, approvedBy: 'a|b\nc' }];
    expect(renderCurrentDetails({ ...holding, stages })).toContain('pass, approved by a\\|b c |\n');
  });

  it('says how it ended, and why', () => {
    const closed: RolloutStatus = {
      ...holding,
      phase: 'closed',
      outcome: 'RolledBack',
      now: 'at 20 %: p99 612 ms is outside at most 500 ms',
    };
    expect(renderCurrentDetails(closed)).toContain(
      '**RolledBack:** at 20 %: p99 612 ms is outside at most 500 ms',
    );
  });

  it('shows what an undo that failed left behind', async () => {
    const failed: RolloutStatus = {
      ...holding,
      phase: 'undo-failed',
      now: 'An undo failed permanently; answer with retry or giveUp',
      accepts: ['retry', 'giveUp'],
      undo: [
        { name: 'route all traffic to stable', state: 'done' },
        { name: 'remove the canary', state: 'failed', error: 'connection refused' },
      ],
    };
    await expect(renderCurrentDetails(failed)).toMatchFileSnapshot('golden/undo-failed.md');
  });

  it('says one line before the spec is known', () => {
    const starting = { ...holding, service: '', now: 'Checking the spec' };
    expect(renderCurrentDetails(starting)).toBe('Checking the spec');
  });
});
