import { describe, expect, it, test } from 'vitest';
import { notificationEvents, severities } from '../../../../src/kinds/notification-events.ts';
import type { RolloutStatus, StageStatus } from '../../../../src/contracts/rollouts/status.ts';
import { composeNotification } from '../../../../src/policies/rollouts/notifications/compose-notification.ts';

function stage(weight: number, over: Partial<StageStatus> = {}): StageStatus {
  return {
    weight,
    holdMs: 600_000,
    state: 'pending',
    measurements: [],
    tallies: {},
    canaryRequests: 0,
    canaryErrors: 0,
    ...over,
  };
}

const passed = stage(5, { state: 'passed', enteredAtMs: 1, leftAtMs: 2 });

function rollout(over: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    kind: 'canary',
    workflowId: 'rollout/demo/shop',
    runId: 'run-1',
    rolloutId: '7a0c',
    runRef: '7a0c',
    subject: { environment: 'demo', name: 'shop' },
    steps: [],
    service: 'shop',
    environment: 'demo',
    version: 'v2',
    previousVersion: 'v1',
    phase: 'holding',
    now: 'Holding 20 % for 10m',
    accepts: ['promote', 'promoteFull', 'abort', 'pause', 'undo'],
    weight: 20,
    startedAtMs: 0,
    stages: [passed, stage(20, { state: 'active', enteredAtMs: 3 }), stage(50)],
    people: [],
    undo: [],
    ...over,
  };
}

it('a decision that is needed names the experiment that is the reason for it', () => {
  const workflowId = 'chaos/demo/shop-rollout';
  const titleOf = (outcome: string) => {
    const open = stage(20, {
      state: 'active',
      enteredAtMs: 3,
      experiment: { workflowId, outcome },
    });
    const status = rollout({ phase: 'inconclusive', stages: [passed, open] });
    return composeNotification(status, { event: 'inconclusive', atMs: 4 }).title;
  };
  expect(titleOf('NotInjected')).toBe(
    'demo/shop: v2 needs a decision at 20 %: its experiment ended as NotInjected',
  );
  expect(titleOf('Passed')).toBe('demo/shop: v2 needs a decision at 20 %: too little evidence');
});

it('a stage is told by the traffic it has, and by what can be typed now', () => {
  const url = 'http://127.0.0.1:8233/namespaces/default/workflows/rollout%2Fdemo%2Fshop/run-1';
  expect(composeNotification(rollout(), { event: 'stage', atMs: 4, url })).toEqual({
    id: 'run-1:stage:2:1',
    event: 'stage',
    severity: 'info',
    service: 'shop',
    environment: 'demo',
    version: 'v2',
    previousVersion: 'v1',
    workflowId: 'rollout/demo/shop',
    rolloutId: '7a0c',
    stage: '20 %',
    atMs: 4,
    title: 'demo/shop: 20 % on v2',
    text: 'Holding 20 % for 10m',
    reasons: [],
    url,
    commands: [
      'belay status demo/shop',
      'belay promote demo/shop --run 7a0c',
      'belay promote-full demo/shop --run 7a0c',
      'belay abort demo/shop --run 7a0c',
      'belay pause demo/shop --run 7a0c',
    ],
  });
});

it('an approval says who may give it, and until when', () => {
  const needsApproval = { by: ['ana', 'bo'], until: Date.UTC(2026, 1, 3, 4) };
  const asking = stage(20, { enteredAtMs: 3, needsApproval });
  const status = rollout({ now: 'Waiting for approval', stages: [passed, asking] });
  expect(composeNotification(status, { event: 'approval-needed', atMs: 4 })).toMatchObject({
    severity: 'warning',
    title: 'demo/shop: v2 waits for approval at 20 %',
    text: 'Waiting for approval\nIt takes ana or bo, until 2026-02-03 04:00:00Z.',
  });
});

it('a failed rollout says in its title what decided, and beside it what else was said', () => {
  const reason = 'at 20 %: error-rate failed 3 measurements';
  const verdict = { kind: 'fail' as const, reasons: [reason, 'p99 is 900ms'] };
  const status = rollout({
    reason,
    outcome: 'RolledBack',
    stages: [passed, stage(20, { state: 'failed', enteredAtMs: 3, verdict })],
  });
  expect(composeNotification(status, { event: 'failed', atMs: 4 })).toMatchObject({
    severity: 'critical',
    title: `demo/shop: v2 failed and was undone: ${reason}`,
    text: 'Everything was put back.',
    reasons: ['p99 is 900ms'],
    commands: ['belay report demo/shop'],
  });
});

it('an undo that failed names the acts that would not go', () => {
  const undo: RolloutStatus['undo'] = [
    { name: 'remove the canary', state: 'failed', error: 'forbidden' },
    { name: 'release the service', state: 'done' },
  ];
  const status = rollout({ phase: 'undo-failed', accepts: ['retry', 'giveUp'], undo });
  expect(composeNotification(status, { event: 'undo-failed', atMs: 4 })).toMatchObject({
    severity: 'critical',
    reasons: ['remove the canary: forbidden'],
    commands: [
      'belay status demo/shop',
      'belay retry demo/shop --run 7a0c',
      'belay give-up demo/shop --run 7a0c',
    ],
  });
});

describe("an event's ID", () => {
  const idOf = (status: RolloutStatus, occurrence?: number) =>
    composeNotification(status, {
      event: 'inconclusive',
      atMs: Math.random(),
      ...(occurrence !== undefined && { occurrence }),
    }).id;

  it('is the same whenever it is composed', () => {
    expect(idOf(rollout())).toBe(idOf(rollout({ now: 'later' })));
  });

  it('differs by stage, by occurrence and by run', () => {
    const ids = [
      idOf(rollout()),
      idOf(rollout({ stages: [passed] })),
      idOf(rollout(), 2),
      idOf(rollout({ runId: 'run-2' })),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});

test.each(notificationEvents)('%s can be told before any stage was entered', (event) => {
  const { previousVersion: _none, ...first } = rollout({ stages: [] });
  const composed = composeNotification(first, { event, atMs: 0 });
  expect(composed.title).toMatch(/^demo\/shop: \S/);
  expect(severities).toContain(composed.severity);
  expect(composed).not.toHaveProperty('stage');
});
