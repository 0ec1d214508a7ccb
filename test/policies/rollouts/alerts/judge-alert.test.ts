import { describe, expect, it, test } from 'vitest';
import type {
  Alert,
  AlertJudgement,
  FoundService,
} from '../../../../src/contracts/rollouts/alerts.ts';
import { judgeAlert } from '../../../../src/policies/rollouts/alerts/judge-alert.ts';
import { alert, minute, noon, open, promotion, shop } from './snapshots.ts';

interface Given {
  alert?: Partial<Alert>;
  service?: Partial<FoundService>;
  nowMs?: number;
}

function judge({ alert: about, service, nowMs = noon }: Given): AlertJudgement {
  const snapshot = { service: shop(service), undoWindowMs: 30 * minute };
  return judgeAlert(alert(about), { snapshot, nowMs });
}

const rolledBack = promotion({ rolloutId: 'r-3', outcome: 'RolledBack', version: 'v3' });
const undone = promotion({ rolloutId: 'r-3', kind: 'rollback', version: 'v1' });
const at = (minutes: number) => noon + minutes * minute;

describe('an alert after a promotion', () => {
  it('undoes the promotion, to the revision of the release before it', () => {
    expect(judge({})).toEqual({
      action: 'undo',
      promotion: promotion(),
      target: { platform: 'local' },
      toRevision: 1,
      reason: 'it began 5m after v2 was promoted',
    });
  });

  it('undoes one that was promoted in full by a person, too', () => {
    const history = [promotion({ outcome: 'FastPromoted' })];
    expect(judge({ service: { history } })).toMatchObject({ action: 'undo', toRevision: 1 });
  });

  it.each([['blueGreen'], ['rolling'], ['recreate']] as const)('undoes a %s deployment', (kind) => {
    expect(judge({ service: { history: [promotion({ kind })] } }).action).toBe('undo');
  });

  it('does nothing after a dead rollout that may have been a rollback', () => {
    const history = [promotion({ kind: 'unknown' })];
    expect(judge({ service: { history } })).toEqual({
      action: 'none',
      reason:
        'it is not known whether the last rollout, which died, brought v2 out or went back to it, 5m ago',
    });
  });

  it('goes back to the release before, not to any other that is kept', () => {
    const kept = [
      { revision: 7, version: 'v9' },
      { revision: 3, version: 'v1' },
    ];
    expect(judge({ service: { serving: { version: 'v2', kept } } })).toMatchObject({
      toRevision: 3,
    });
  });

  it.each([
    ['began a moment after the promotion', { startsAtMs: promotion().endedAtMs + 1 }, 'undo'],
    ['began in the very moment of it', { startsAtMs: promotion().endedAtMs }, 'none'],
    ['began before it', { startsAtMs: at(-6) }, 'none'],
  ] as const)('%s', (_, about, action) => {
    expect(judge({ alert: about }).action).toBe(action);
  });

  it.each([
    ['at the last moment of the undo window', 25 * minute, 'undo'],
    ['a moment later', 25 * minute + 1, 'none'],
    ['hours later, by an alert that began in time', 4 * 60 * minute, 'none'],
  ] as const)('is judged %s', (_, afterNoonMs, action) => {
    expect(judge({ nowMs: noon + afterNoonMs }).action).toBe(action);
  });
});

test.each<[string, Given, string]>([
  [
    'it was resolved first',
    { alert: { status: 'resolved' } },
    'it was resolved before anything was done',
  ],
  [
    'its clock is ahead, so that an old alert looks like a new one',
    { alert: { startsAtMs: at(2), receivedAtMs: noon } },
    'it started 2m in the future: the clocks differ, so its start time cannot be used',
  ],
  [
    'it began before the promotion, under the release that served then',
    { alert: { startsAtMs: at(-20) } },
    'it began before v2 was promoted',
  ],
  [
    'the promotion was long ago',
    { nowMs: at(26) },
    'v2 was promoted 31m ago, longer than the 30m in which an alert may undo it',
  ],
  [
    'it still fires after an abort: the canary is gone, and stable was not the cause',
    { service: { history: [rolledBack, promotion({ endedAtMs: at(-9) })] } },
    'the last rollout, of v3, ended as RolledBack, 5m ago',
  ],
  [
    'a person aborted just now',
    { service: { history: [{ ...rolledBack, outcome: 'Aborted' }, promotion()] } },
    'the last rollout, of v3, ended as Aborted, 5m ago',
  ],
  [
    'an undo was given up',
    { service: { history: [{ ...rolledBack, outcome: 'UndoFailed' }] } },
    'the last rollout, of v3, ended as UndoFailed, 5m ago',
  ],
  [
    'it is a second alert after an undo, and the release before is as bad',
    { service: { history: [undone, promotion({ endedAtMs: at(-9) })] } },
    'the last thing done was to go back to v1, 5m ago',
  ],
  [
    'there was no release before',
    {
      service: {
        history: [
          {
            ...{ rolloutId: 'r-1', kind: 'canary', outcome: 'Promoted' },
            version: 'v1',
            endedAtMs: at(-5),
          },
        ],
      },
    },
    'v1 is the first release: there is nothing to go back to',
  ],
  [
    'somebody has changed the release by other means since',
    { service: { serving: { version: 'v7', kept: [] } } },
    'v2 was promoted last, but v7 serves: somebody else has changed it',
  ],
  [
    'the release before is not kept',
    { service: { serving: { version: 'v2', kept: [{ revision: 1, version: 'v0' }] } } },
    'v1, which was before v2, is not kept',
  ],
  [
    'nothing was ever rolled out there',
    { service: { history: [] } },
    'no rollout of demo/shop is known',
  ],
])('nothing is undone where %s', (_, given, reason) => {
  expect(judge(given)).toEqual({ action: 'none', reason });
});

it('undoes a promotion of the same version that came after an undo', () => {
  const history = [promotion({ rolloutId: 'r-4' }), undone, promotion()];
  expect(judge({ service: { history } }).action).toBe('undo');
});

describe('an alert while a rollout is open', () => {
  it('aborts the rollout, which had traffic when the alert began', () => {
    expect(judge({ service: { open: open() } })).toEqual({
      action: 'abort',
      open: open(),
      reason: 'it began 5m after v3 got traffic',
    });
  });

  it.each([
    ['holding'],
    ['paused'],
    ['inconclusive'],
    ['awaiting-approval'],
    ['keeping'],
    ['taking-over'],
    ['stuck'],
  ] as const)('aborts it while %s', (phase) => {
    expect(judge({ service: { open: open({ phase }) } }).action).toBe('abort');
  });

  it.each([['promoting'], ['closed']] as const)('looks again while it is %s', (phase) => {
    expect(judge({ service: { open: open({ phase }) } }).action).toBe('wait');
  });

  it('aborts for an alert that began with the first request', () => {
    expect(judge({ alert: { startsAtMs: at(-5) }, service: { open: open() } }).action).toBe(
      'abort',
    );
  });

  const notYet = open();
  delete notYet.trafficSinceMs;
  it.each<[string, Given, string]>([
    [
      'began before the canary had traffic',
      { alert: { startsAtMs: at(-5) - 1000 }, service: { open: open() } },
      'it began 1s before v3 had any traffic',
    ],
    [
      'comes while the canary gets ready, though the last promotion is recent',
      { service: { open: notYet } },
      'the open rollout of v3 has no traffic yet, so it is not the cause',
    ],
    [
      'comes after a sibling, while the rollout is undone',
      { service: { open: open({ phase: 'undoing' }) } },
      'the rollout of v3 is already being undone',
    ],
    [
      'comes while an undo has failed and a person is asked',
      { service: { open: open({ phase: 'undo-failed' }) } },
      'the rollout of v3 is already being undone',
    ],
    [
      'comes while a rollback runs, which it would turn round',
      { service: { open: open({ kind: 'rollback', version: 'v1' }) } },
      'a rollback to v1 is already under way',
    ],
    [
      'was resolved first',
      { alert: { status: 'resolved' }, service: { open: open() } },
      'it was resolved before anything was done',
    ],
  ])('does nothing where it %s', (_, given, reason) => {
    expect(judge(given)).toEqual({ action: 'none', reason });
  });
});

it('says why no service is meant', () => {
  const snapshot = { trouble: 'it names no service', undoWindowMs: 1 };
  expect(judgeAlert(alert(), { snapshot, nowMs: noon })).toEqual({
    action: 'none',
    reason: 'it names no service',
  });
});
