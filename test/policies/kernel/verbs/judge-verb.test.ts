import { describe, expect, it } from 'vitest';
import { rolloutVerbs, verbs, type Verb } from '../../../../src/kinds/rollout-verbs.ts';
import type { RolloutPhase } from '../../../../src/kinds/rollout-phases.ts';
import { acceptedVerbs, judgeVerb } from '../../../../src/policies/kernel/verbs/judge-verb.ts';

/** Every phase and everything that is accepted in it. */
const accepted: Record<RolloutPhase, Verb[]> = {
  starting: ['abort', 'undo'],
  preparing: ['abort', 'undo'],
  holding: ['promote', 'promoteFull', 'pause', 'abort', 'undo'],
  paused: ['promote', 'promoteFull', 'resume', 'abort', 'undo'],
  inconclusive: ['promote', 'promoteFull', 'abort', 'undo'],
  experimenting: ['abort', 'undo'],
  'awaiting-approval': ['approve', 'reject', 'abort', 'undo'],
  keeping: ['promote', 'abort', 'undo'],
  promoting: [],
  'taking-over': ['abort', 'undo'],
  stuck: ['retry', 'abort', 'undo'],
  undoing: [],
  'undo-failed': ['retry', 'giveUp'],
  closed: [],
};
const run = { runRef: '20260203T040506-0badcafe', named: 'v3' };
const phases = Object.keys(accepted) as RolloutPhase[];
const table = phases.flatMap((phase) =>
  verbs.map((verb) => ({ phase, verb, isAccepted: accepted[phase].includes(verb) })),
);

describe('a verb', () => {
  it.each(table)('$verb while $phase: accepted $isAccepted', ({ phase, verb, isAccepted }) => {
    const ruling = judgeVerb(
      rolloutVerbs,
      verb,
      { by: 'ana', stage: 20 },
      { ...run, phase, stage: 20, approvers: [], kept: [1, 2] },
    );
    expect(ruling.accepted).toBe(isAccepted);
  });

  it.each(phases)(
    'while %s is offered exactly where it would be accepted, giving up last',
    (phase) => {
      expect(acceptedVerbs(rolloutVerbs, phase)).toEqual(accepted[phase]);
    },
  );

  it.each([
    [
      'promote',
      'preparing',
      'No stage is held now, so there is nothing to promote (preparing). Accepted now: abort, undo.',
    ],
    [
      'resume',
      'inconclusive',
      'The rollout is not paused (inconclusive). Accepted now: promote, promoteFull, abort, undo.',
    ],
    ['abort', 'closed', 'There is nothing left to abort (closed). Accepted now: nothing.'],
    [
      'approve',
      'holding',
      'No approval is being waited for (holding). Accepted now: promote, promoteFull, pause, abort, undo.',
    ],
  ] as const)('%s while %s is refused with the reason', (verb, phase, reason) => {
    const ruling = judgeVerb(
      rolloutVerbs,
      verb,
      { by: 'ana' },
      { ...run, phase, stage: 20, approvers: [], kept: [1, 2] },
    );
    expect(ruling).toEqual({ accepted: false, reason });
  });
});

describe('a verb that names its run', () => {
  const holding = { ...run, phase: 'holding' as const, stage: 20, approvers: [], kept: [1, 2] };

  it.each(verbs)('%s for another run is refused and names both', (verb) => {
    expect(
      judgeVerb(rolloutVerbs, verb, { by: 'ana', runRef: '20260203T040000-deadbeef' }, holding),
    ).toEqual({
      accepted: false,
      reason: `${verb} was sent to run 20260203T040000-deadbeef, but the open run is 20260203T040506-0badcafe (v3).`,
    });
  });

  it('is accepted by that run', () => {
    expect(judgeVerb(rolloutVerbs, 'abort', { runRef: run.runRef }, holding)).toEqual({
      accepted: true,
    });
  });
});

describe('a verb that means one stage', () => {
  it.each([
    ['promote', 'holding'],
    ['approve', 'awaiting-approval'],
    ['reject', 'awaiting-approval'],
  ] as const)('%s for a stage that is over is refused', (verb, phase) => {
    const ruling = judgeVerb(
      rolloutVerbs,
      verb,
      { by: 'ana', stage: 5 },
      { ...run, phase, stage: 20, approvers: [], kept: [1, 2] },
    );
    expect(ruling).toEqual({
      accepted: false,
      reason: `${verb} was meant for the stage at 5 %, but the one at 20 % is open.`,
    });
  });

  it.each(['promote', 'promoteFull'] as const)('%s without a stage means the open one', (verb) => {
    const context = { ...run, phase: 'holding' as const, stage: 20, approvers: [], kept: [1, 2] };
    expect(judgeVerb(rolloutVerbs, verb, {}, context).accepted).toBe(true);
  });

  it('abort is accepted whichever stage it names', () => {
    const context = { ...run, phase: 'holding' as const, stage: 20, approvers: [], kept: [1, 2] };
    expect(judgeVerb(rolloutVerbs, 'abort', { stage: 5 }, context).accepted).toBe(true);
  });
});

describe('an approval', () => {
  const approve = (by: string | undefined, approvers: string[]) =>
    judgeVerb(rolloutVerbs, 'approve', by === undefined ? {} : { by }, {
      ...run,
      phase: 'awaiting-approval',
      stage: 20,
      approvers,
      kept: [],
    });

  it.each([
    ['ana', ['ana', 'bo']],
    ['ana@laptop', ['ana', 'bo']],
    ['ana@laptop', ['ana@laptop']],
    ['anyone', []],
  ])('by %s is accepted where %j may', (by, approvers) => {
    expect(approve(by, approvers).accepted).toBe(true);
  });

  it.each([
    ['eve', ['ana', 'bo'], 'eve is not among those who may approve: ana, bo.'],
    ['ana', ['ana@laptop'], 'ana is not among those who may approve: ana@laptop.'],
    ['ana@desk', ['ana@laptop'], 'ana@desk is not among those who may approve: ana@laptop.'],
    ['anabel', ['ana'], 'anabel is not among those who may approve: ana.'],
    [undefined, [], 'approve needs a name: send {"by": "your name"}.'],
    ['  ', [], 'approve needs a name: send {"by": "your name"}.'],
  ])('by %s is refused where %j may', (by, approvers, reason) => {
    expect(approve(by, approvers)).toEqual({ accepted: false, reason });
  });

  it('is refused, not crashed on, when the name is no text', () => {
    expect(approve(5 as unknown as string, []).accepted).toBe(false);
  });

  it('brings only a kept revision back, and names those that are', () => {
    const context = { ...run, phase: 'holding' as const, stage: 20, approvers: [], kept: [1, 2] };
    expect(judgeVerb(rolloutVerbs, 'undo', { toRevision: 2 }, context)).toEqual({ accepted: true });
    expect(judgeVerb(rolloutVerbs, 'undo', { toRevision: 7 }, context)).toEqual({
      accepted: false,
      reason: 'Revision 7 is not kept; kept are: 1, 2.',
    });
  });
});
