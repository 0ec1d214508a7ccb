import type { VerbDefinition } from './kind.ts';
import type { RunPhase } from './run-phases.ts';

/** What people may ask of a run of any kind. */
export type RunVerb = 'approve' | 'reject' | 'abort' | 'retry' | 'giveUp';

export const runVerbs: Readonly<Record<RunVerb, VerbDefinition<RunPhase>>> = {
  approve: {
    meaning: 'approve what waits for approval',
    during: ['awaiting-approval'],
    otherwise: 'No approval is being waited for',
    needsName: true,
    examples: ['shop --as ana'],
  },
  reject: {
    meaning: 'reject what waits for approval: undoes everything',
    during: ['awaiting-approval'],
    otherwise: 'No approval is being waited for',
    needsName: true,
    examples: ['shop --as ana --why "not before the sale"'],
  },
  abort: {
    meaning: 'stop the run and undo what it did',
    during: ['starting', 'working', 'awaiting-approval'],
    otherwise: 'There is nothing left to abort',
    endsRun: true,
    examples: ['shop --why "wrong environment"'],
  },
  retry: {
    meaning: 'try a failed undo again',
    during: ['undo-failed'],
    otherwise: 'Nothing has failed that could be retried',
    examples: ['shop --why "disk freed"'],
  },
  giveUp: {
    meaning: 'leave a failed undo as it is and close the run',
    during: ['undo-failed'],
    otherwise: 'No undo has failed',
    examples: ['shop --why "cleaned up by hand"'],
  },
};
