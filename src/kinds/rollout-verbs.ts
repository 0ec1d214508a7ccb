import type { VerbDefinition } from './kind.ts';
import { undoablePhases, type RolloutPhase } from './rollout-phases.ts';

export type Verb =
  | 'promote'
  | 'promoteFull'
  | 'abort'
  | 'pause'
  | 'resume'
  | 'approve'
  | 'reject'
  | 'retry'
  | 'giveUp'
  | 'undo';

/** What people may ask of an open rollout. */
export const rolloutVerbs: Readonly<Record<Verb, VerbDefinition<RolloutPhase>>> = {
  promote: {
    meaning: 'end this hold, or an inconclusive pause, and go on to the next stage',
    during: ['holding', 'paused', 'inconclusive', 'keeping'],
    otherwise: 'No stage is held now, so there is nothing to promote',
    takes: 'stage',
    examples: ['shop', 'demo/shop --why "looks good"'],
  },
  promoteFull: {
    meaning: 'go straight to 100 % without further holds; approvals are still required',
    during: ['holding', 'paused', 'inconclusive'],
    otherwise: 'No stage is held now, so there is nothing to promote',
    examples: ['shop --why "urgent fix"'],
  },
  abort: {
    meaning: 'undo everything: all traffic back to stable',
    during: undoablePhases,
    otherwise: 'There is nothing left to abort',
    endsRun: true,
    examples: ['shop --why "checkout is slow"'],
  },
  pause: {
    meaning: "stop the hold's clock; the metrics may still abort",
    during: ['holding'],
    otherwise: 'No hold is running, so there is nothing to pause',
    examples: ['shop --why "waiting for the database team"'],
  },
  resume: {
    meaning: 'end a pause',
    during: ['paused'],
    otherwise: 'The rollout is not paused',
    examples: ['shop'],
  },
  approve: {
    meaning: 'approve the stage that waits for approval',
    during: ['awaiting-approval'],
    otherwise: 'No approval is being waited for',
    needsName: true,
    takes: 'stage',
    examples: ['shop', 'shop --as ana --stage 20'],
  },
  reject: {
    meaning: 'reject the stage that waits for approval: undoes everything',
    during: ['awaiting-approval'],
    otherwise: 'No approval is being waited for',
    needsName: true,
    takes: 'stage',
    examples: ['shop --as ana --why "not before the sale"'],
  },
  retry: {
    meaning: 'try a failed undo or a stuck promotion again',
    during: ['undo-failed', 'stuck'],
    otherwise: 'Nothing has failed that could be retried',
    examples: ['shop', 'demo/shop --why "disk freed"'],
  },
  giveUp: {
    meaning: 'leave a failed undo as it is and close the rollout',
    during: ['undo-failed'],
    otherwise: 'No undo has failed',
    examples: ['shop --why "cleaned up by hand"'],
  },
  undo: {
    meaning: 'undo the rollout; with a revision, bring that kept revision back afterwards',
    during: undoablePhases,
    otherwise: 'There is nothing left to undo in this rollout',
    takes: 'revision',
    endsRun: true,
    examples: ['shop', 'demo/shop --to 3'],
  },
};

export const verbs = Object.keys(rolloutVerbs) as Verb[];

export function isVerb(name: string): name is Verb {
  return Object.hasOwn(rolloutVerbs, name);
}
