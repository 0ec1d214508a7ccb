import { describe, expect, it } from 'vitest';
import { verbs, type Verb } from '../../../../src/kinds/rollout-verbs.ts';
import type { Outcome } from '../../../../src/contracts/rollouts/outcome.ts';
import type { RolloutPhase } from '../../../../src/kinds/rollout-phases.ts';
import { ScriptedRollouts } from '../../../fixtures/scripted-rollouts.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { bringInto, openPhases } from './phases.ts';

/** Where a verb leads: an end, with the acts on the way there, or another phase. */
type Effect = { outcome: Outcome; acts: readonly string[] } | { phase: RolloutPhase };
type OpenPhase = (typeof openPhases)[number];

const canaryGone = ['restoreStable', 'removeCanary', 'letGoOfService'];
const aborted = { outcome: 'Aborted', acts: canaryGone } as const;
/** The undo of a promotion claims the service anew: a late promotion is refused from there on. */
const promotionUndone = { outcome: 'Aborted', acts: ['claimService', ...canaryGone] } as const;
const restOfCanary = ['setWeight 100', 'promoteCanary', 'letGoOfService'];
const promoted = { outcome: 'Promoted', acts: restOfCanary } as const;
const promotedInFull = { outcome: 'FastPromoted', acts: restOfCanary } as const;
const giveUps = { abort: aborted, undo: aborted } as const;

const effects: Record<OpenPhase, Partial<Record<Verb, Effect>>> = {
  starting: { abort: { outcome: 'Aborted', acts: [] }, undo: { outcome: 'Aborted', acts: [] } },
  preparing: giveUps,
  holding: {
    ...giveUps,
    promote: promoted,
    promoteFull: promotedInFull,
    pause: { phase: 'paused' },
  },
  paused: {
    ...giveUps,
    promote: promoted,
    promoteFull: promotedInFull,
    resume: { phase: 'holding' },
  },
  inconclusive: { ...giveUps, promote: promoted, promoteFull: promotedInFull },
  experimenting: giveUps,
  'awaiting-approval': { ...giveUps, approve: promoted, reject: aborted },
  keeping: {
    ...giveUps,
    promote: { outcome: 'Promoted', acts: ['promoteCanary', 'letGoOfService'] },
  },
  promoting: {},
  'taking-over': { abort: promotionUndone, undo: promotionUndone },
  stuck: {
    abort: promotionUndone,
    undo: promotionUndone,
    retry: { outcome: 'Promoted', acts: ['settlePromotion', 'letGoOfService'] },
  },
  undoing: {},
  'undo-failed': {
    retry: { outcome: 'Aborted', acts: ['restoreStable', 'letGoOfService'] },
    giveUp: { outcome: 'UndoFailed', acts: [] },
  },
};

/** What is left to do where the workflow is cancelled, and how that ends. */
const cancelled: Record<OpenPhase, Effect> = {
  starting: { outcome: 'Aborted', acts: [] },
  preparing: aborted,
  holding: aborted,
  paused: aborted,
  inconclusive: aborted,
  experimenting: aborted,
  'awaiting-approval': aborted,
  keeping: aborted,
  promoting: { outcome: 'Promoted', acts: ['letGoOfService'] },
  'taking-over': promotionUndone,
  stuck: promotionUndone,
  undoing: { outcome: 'Aborted', acts: ['removeCanary', 'letGoOfService'] },
  'undo-failed': { phase: 'undo-failed' },
};

/** Where the act under way is carried to its end. */
const isShielded = new Set<OpenPhase>(['promoting', 'undoing']);

const accepted = openPhases.flatMap((phase) =>
  Object.entries(effects[phase]).map(([verb, effect]) => ({ phase, verb: verb as Verb, effect })),
);

describe('a rollout with scripted activities', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it.each(openPhases)('while %s refuses what means nothing there, and stays', async (phase) => {
    const { run, service, doneBefore } = await bringInto(rollouts(), phase);
    for (const verb of verbs.filter((each) => !(each in effects[phase]))) {
      expect(await run.refusalOf(verb)).toContain(`(${phase})`);
      await run.handle.signal(verb, { by: 'ana' });
    }
    const status = await run.status();
    expect(status.phase).toBe(phase);
    expect(status.accepts.toSorted()).toEqual(Object.keys(effects[phase]).toSorted());
    const ignored = status.people.filter((act) => act.ignored !== undefined);
    expect(ignored.map(({ verb }) => verb)).toEqual(
      verbs.filter((each) => !(each in effects[phase])),
    );
    expect(service.acts.length).toBe(doneBefore);
    await run.handle.terminate();
  });

  it.each(accepted)('while $phase takes $verb', async ({ phase, verb, effect }) => {
    const { run, service, doneBefore } = await bringInto(rollouts(), phase);
    await run.send(verb);
    if ('phase' in effect) {
      expect((await run.until(effect.phase)).people.at(-1)).toMatchObject({ verb, by: 'ana' });
      await run.handle.terminate();
      return;
    }
    const report = await run.report();
    expect({ outcome: report.outcome, acts: service.acts.slice(doneBefore) }).toEqual(effect);
    expect(service.reports).toEqual([report]);
  });

  it.each(openPhases)('while %s, when its workflow is cancelled', async (phase) => {
    const { run, service, doneBefore } = await bringInto(rollouts(), phase);
    const effect = cancelled[phase];
    await run.handle.cancel();
    await run.untilRecorded('cancel');
    if ('phase' in effect) {
      expect((await run.status()).phase).toBe(effect.phase);
      await run.handle.terminate();
      return;
    }
    if (isShielded.has(phase)) service.release();
    const report = await run.report();
    expect({ outcome: report.outcome, acts: service.acts.slice(doneBefore) }).toEqual(effect);
    expect(report.people.at(-1)).toMatchObject({ verb: 'cancel' });
  });
});
