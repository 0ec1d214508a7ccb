import type { VerbDefinition } from './kind.ts';
import type { PlaybookPhase } from './playbook-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';

/** What people may ask of an open playbook. */
export type PlaybookVerb = RunVerb | 'pause' | 'resume' | 'skip';

export const playbookVerbs: Readonly<Record<PlaybookVerb, VerbDefinition<PlaybookPhase>>> = {
  approve: runVerbs.approve,
  reject: runVerbs.reject,
  pause: {
    meaning: 'stop before the next step; the present one goes on',
    during: ['working', 'finishing'],
    otherwise: 'No step is under way, so there is nothing to pause',
    examples: ['complete-outage --why "waiting for the network team"'],
  },
  resume: {
    meaning: 'end a pause',
    during: ['paused', 'paused-finishing'],
    otherwise: 'The playbook is not paused',
    examples: ['complete-outage'],
  },
  skip: {
    meaning: 'leave the failed step out and go on',
    during: ['held', 'held-finishing'],
    otherwise: 'No step has failed that could be skipped',
    needsName: true,
    needsReason: true,
    takes: 'step',
    examples: ['complete-outage --as ana --why "the cache is known to be cold"'],
  },
  retry: {
    meaning: 'try a failed step, or a failed undo, again',
    during: ['held', 'held-finishing', 'undo-failed'],
    otherwise: 'Nothing has failed that could be retried',
    takes: 'step',
    examples: ['complete-outage --why "the node is back"'],
  },
  giveUp: {
    meaning: 'leave a failed step, or a failed undo, as it is and close the run',
    during: ['held', 'held-finishing', 'undo-failed'],
    otherwise: 'Nothing has failed',
    examples: ['complete-outage --why "mended by hand"'],
  },
  abort: {
    meaning: 'stop the playbook and undo what it did',
    during: ['starting', 'working', 'awaiting-approval', 'held', 'paused'],
    otherwise: 'There is nothing that could still be undone',
    endsRun: true,
    examples: ['complete-outage --why "wrong environment"'],
  },
};
