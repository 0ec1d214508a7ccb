import { describe, expect, it } from 'vitest';
import type { Freeze } from '../../../../src/contracts/kernel/change-control.ts';
import {
  describeGrant,
  describeRefusal,
} from '../../../../src/policies/kernel/change-control/describe-refusal.ts';
import {
  judgePermit,
  mostPermits,
} from '../../../../src/policies/kernel/change-control/judge-permit.ts';
import { canary, freeze, holding, nowMs, permitOf, run } from './examples.ts';

const rollback = run('rollouts/rollback', 'service shop');
const chaos = run('chaos/experiment', 'service shop');
const failover = run('recovery/failover', 'database orders');
const expiry = run('backups/backupRetention', 'repository main');
const undoing = run(
  'backups/pointInTimeRecovery',
  'repository main',
  'database main',
  'database orders',
);
const restore = run('backups/restore', 'repository main', 'database orders');

it('a run that has ended gets no permit, and outranks nobody, but a reset of it does', () => {
  const state = { ...holding(chaos), ended: ['run-1', 'run-2'] };
  const ended = judgePermit(state, { ...rollback, runRef: 'asking', runId: 'run-2' }, nowMs);
  expect(ended).toEqual({ kind: 'ended' });
  const reset = judgePermit(state, { ...rollback, runRef: 'asking', runId: 'run-3' }, nowMs);
  expect(reset).toMatchObject({ kind: 'granted', outranked: [{ holder: { kind: 'experiment' } }] });
});

describe('a permit is judged by who holds one already', () => {
  it.each([
    { asks: canary, holds: chaos, then: 'excluded' },
    { asks: chaos, holds: canary, then: 'excluded' },
    { asks: chaos, holds: run('rollouts/canary', 'service cart'), then: 'granted' },
    { asks: canary, holds: run('chaos/experiment', 'host web-1'), then: 'granted' },
    { asks: canary, holds: run('chaos/campaign', 'environment prod'), then: 'excluded' },
    {
      asks: run('chaos/experiment', 'service shop', 'namespace shop'),
      holds: run('chaos/experiment', 'service web', 'namespace shop'),
      then: 'excluded',
    },
    { asks: canary, holds: run('rollouts/canary', 'service cart'), then: 'granted' },
    { asks: canary, holds: run('rollouts/rolling', 'service shop'), then: 'granted' },
    { asks: expiry, holds: restore, then: 'excluded' },
    { asks: restore, holds: expiry, then: 'excluded' },
    { asks: run('backups/backupRetention', 'repository other'), holds: restore, then: 'granted' },
    { asks: run('backups/backup', 'repository main'), holds: expiry, then: 'excluded' },
    { asks: run('backups/backup', 'repository main'), holds: restore, then: 'granted' },
    { asks: run('backups/restoreDrill', 'repository main'), holds: expiry, then: 'excluded' },
    {
      asks: run('backups/backup', 'database orders'),
      holds: restore,
      then: 'excluded',
    },
    { asks: restore, holds: failover, then: 'excluded' },
    { asks: run('migrations/backfill', 'database orders'), holds: failover, then: 'excluded' },
    { asks: run('migrations/backfill', 'database users'), holds: failover, then: 'granted' },
    { asks: failover, holds: restore, then: 'outranks' },
    { asks: failover, holds: undoing, then: 'excluded' },
    { asks: undoing, holds: failover, then: 'excluded' },
    { asks: undoing, holds: run('backups/backup', 'database orders'), then: 'excluded' },
    { asks: undoing, holds: expiry, then: 'excluded' },
    {
      asks: failover,
      holds: run('recovery/failover', 'database orders', 'host a'),
      then: 'granted',
    },
    {
      asks: failover,
      holds: { ...failover, workflowId: 'switchover/prod/orders', runRef: 'other' },
      then: 'excluded',
    },
    { asks: rollback, holds: chaos, then: 'outranks' },
    { asks: chaos, holds: rollback, then: 'excluded' },
  ])(
    '$asks.kind on $asks.scopes.0.name while $holds.kind on $holds.scopes.0.name runs: $then',
    ({ asks, holds, then }) => {
      const asking = { ...asks, runRef: 'asking' };
      const judgement = judgePermit(holding(holds), asking, nowMs);
      const outranks = judgement.kind === 'granted' && judgement.outranked.length > 0;
      expect(outranks ? 'outranks' : judgement.kind).toBe(then);
    },
  );

  it('is granted to what its holder has started, and to nobody else', () => {
    const state = holding(canary, run('chaos/experiment', 'service cart', 'host web-1'));
    const parent = { workflowId: canary.workflowId, runRef: canary.runRef };
    const asking = (more: object) => judgePermit(state, { ...chaos, ...more }, nowMs).kind;
    expect(asking({ parent })).toBe('granted');
    expect(asking({})).toBe('excluded');
    expect(asking({ parent: { ...parent, runRef: 'an earlier run' } })).toBe('excluded');
    expect(asking({ parent: { ...parent, workflowId: 'rollout/prod/cart' } })).toBe('excluded');
    const onHost = [...chaos.scopes, { of: 'host' as const, name: 'web-1' }];
    expect(asking({ parent, scopes: onHost })).toBe('excluded');
  });

  it('keeps others from a service that an experiment of a rollout is made on', () => {
    const parent = { workflowId: canary.workflowId, runRef: canary.runRef };
    const state = holding(canary, { ...chaos, parent });
    const others = [{ ...chaos, workflowId: 'chaos/prod/other', runRef: 'other' }];
    const next = { ...canary, runRef: 'the next run of it' };
    for (const each of [...others, next]) {
      expect(judgePermit(state, each, nowMs).kind).toBe('excluded');
    }
  });

  it('is the same permit when the same run asks again, whatever was frozen since', () => {
    const state = { ...holding(canary), freezes: [freeze()] };
    expect(judgePermit(state, canary, nowMs)).toEqual({ kind: 'held', permit: permitOf(canary) });
  });

  it('is refused where more are held than the workflow can keep', () => {
    const state = holding(
      ...Array.from({ length: mostPermits }, (_, index) =>
        run('rollouts/canary', `service s${index}`),
      ),
    );
    expect(judgePermit(state, canary, nowMs)).toEqual({ kind: 'full' });
  });
});

describe('a freeze', () => {
  const judged = (request: typeof canary, changes: Partial<Freeze> = {}) =>
    judgePermit({ ...holding(), freezes: [freeze(changes)] }, request, nowMs).kind;
  const window = (fromMs: number, untilMs: number) => ({
    calendar: {
      ...{ zone: 'UTC', rules: [], periods: [] },
      ...{ windows: [{ fromMs, untilMs }], beforeMs: nowMs + 86_400_000 },
    },
  });

  it.each([
    { asks: canary, changes: {}, then: 'frozen' },
    { asks: canary, changes: { untilMs: nowMs + 1 }, then: 'frozen' },
    { asks: canary, changes: { untilMs: nowMs }, then: 'granted' },
    { asks: canary, changes: { services: ['shop', 'cart'] }, then: 'frozen' },
    { asks: canary, changes: { services: ['cart'] }, then: 'granted' },
    {
      asks: run('trains/releaseTrain', 'environment prod'),
      changes: { services: ['cart'] },
      then: 'frozen',
    },
    { asks: canary, changes: window(nowMs - 1, nowMs + 1), then: 'frozen' },
    { asks: canary, changes: window(nowMs - 2, nowMs), then: 'granted' },
    { asks: canary, changes: window(nowMs + 1, nowMs + 2), then: 'granted' },
    { asks: canary, changes: { ...window(nowMs - 1, nowMs + 1), untilMs: nowMs }, then: 'granted' },
    { asks: chaos, changes: {}, then: 'frozen' },
    { asks: run('somethingNew', 'service shop'), changes: {}, then: 'frozen' },
    { asks: rollback, changes: {}, then: 'granted' },
    { asks: failover, changes: {}, then: 'granted' },
    { asks: restore, changes: {}, then: 'granted' },
    { asks: { ...canary, override: { by: 'bo', why: 'hotfix' } }, changes: {}, then: 'granted' },
  ])('$asks.kind during $changes: $then', ({ asks, changes, then }) => {
    expect(judged(asks, changes)).toBe(then);
  });

  it('says whose it is, why, until when, and what may override it', () => {
    const state = { ...holding(), freezes: [freeze({ untilMs: nowMs + 3_600_000 })] };
    const judgement = judgePermit(state, canary, nowMs);
    if (judgement.kind !== 'frozen') throw new Error(judgement.kind);
    expect(describeRefusal(state, canary, judgement)).toEqual({
      granted: false,
      type: 'Frozen',
      reason:
        'prod is frozen by ana until 2026-11-29 13:00 UTC: "Black Friday" (freeze 1). Nothing was started or changed. ' +
        'To go ahead all the same, give a name and a reason, which are recorded: belay deploy --override-freeze --why REASON, ' +
        'or override: {by, why} in the spec. No freeze refuses a rollback or an abort.',
    });
  });

  it('names every freeze that holds, and the window of a calendar', () => {
    const weekend = {
      ...{ zone: 'Europe/Berlin', periods: [] },
      rules: [{ weekdays: [5], from: '16:00', to: '08:00', days: 3 }],
      windows: [{ fromMs: nowMs - 1, untilMs: nowMs + 86_400_000 }],
      beforeMs: nowMs + 7 * 86_400_000,
    };
    const freezes = [
      freeze({ services: ['shop', 'cart'] }),
      freeze({ id: 2, by: 'bo', why: 'weekend', calendar: weekend }),
    ];
    const state = { ...holding(), freezes };
    const judgement = judgePermit(state, canary, nowMs);
    if (judgement.kind !== 'frozen') throw new Error(judgement.kind);
    expect(describeRefusal(state, canary, judgement).reason).toContain(
      'prod/shop and prod/cart are frozen by ana until it is thawed: "Black Friday" (freeze 1); ' +
        'prod is frozen by bo until 2026-11-30 12:00 UTC, every Fri 16:00 to Mon 08:00 (Europe/Berlin): "weekend" (freeze 2).',
    );
  });

  it('records who overrode it, and that a rollback went ahead', () => {
    const state = { ...holding(), freezes: [freeze()] };
    const overriding = { ...canary, override: { by: 'bo', why: 'checkout is down' } };
    const notes = [overriding, rollback].map((request) => {
      const judgement = judgePermit(state, request, nowMs);
      return judgement.kind === 'granted' ? describeGrant('prod', request, judgement) : [];
    });
    const frozen = 'prod is frozen by ana until it is thawed: "Black Friday" (freeze 1)';
    expect(notes).toEqual([
      [`${frozen}; overridden by bo: "checkout is down"`],
      [`${frozen}; no freeze refuses a rollback`],
    ]);
  });
});

describe('the safety lever', () => {
  const engaged = {
    ...holding(),
    lever: { by: 'ana', why: 'checkout is down', sinceMs: nowMs },
  };

  it.each([
    [chaos, 'lever'],
    [run('trains/releaseTrain', 'environment prod'), 'lever'],
    [run('migrations/contract', 'database orders'), 'lever'],
    [{ ...chaos, override: { by: 'bo', why: 'really' } }, 'lever'],
    [canary, 'granted'],
    [rollback, 'granted'],
    [failover, 'granted'],
    [restore, 'granted'],
  ])('stops chaos, trains and migrations and nothing else: %o is %s', (request, then) => {
    expect(judgePermit(engaged, request, nowMs).kind).toBe(then);
  });

  it('says who engaged it and how it is released', () => {
    expect(describeRefusal(engaged, chaos, { kind: 'lever' })).toEqual({
      granted: false,
      type: 'PermitRefused',
      reason:
        'The safety lever of prod is engaged by ana since 2026-11-29 12:00 UTC ("checkout is down"), so no chaos may start. ' +
        'Nothing was started or changed. Release it with: belay lever release prod.',
    });
  });
});

it('a run that is in the way is named, with the reason', () => {
  const state = holding(chaos);
  const judgement = judgePermit(state, canary, nowMs);
  if (judgement.kind !== 'excluded') throw new Error(judgement.kind);
  expect(describeRefusal(state, canary, judgement).reason).toBe(
    'canary/prod/shop (canary) cannot start beside experiment/prod/shop (experiment, since 2026-11-29 11:59 UTC): ' +
      'a rollout and an experiment on one service would be judged by the same traffic. Nothing was started or changed. ' +
      'Wait until it ends, or abort it. What is under way: belay freezes prod.',
  );
});
