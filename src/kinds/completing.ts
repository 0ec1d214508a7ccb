/** Of runs that come to a point from which they are carried on, and never undone. */
import type { PhaseDefinition, VerbDefinition } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';

export type CompletingPhase =
  | RunPhase
  /** There is no way back, and the rest is carried on until it is done. */
  | 'completing'
  /** A step after that has failed: retry or giveUp. */
  | 'stuck';

export const completingPhases: Readonly<Record<CompletingPhase, PhaseDefinition>> = {
  ...runPhases,
  completing: {},
  stuck: { waitsForPerson: true, notify: 'stuck' },
};

export const completingVerbs: Readonly<Record<RunVerb, VerbDefinition<CompletingPhase>>> = {
  ...runVerbs,
  abort: { ...runVerbs.abort, otherwise: 'There is nothing left to abort: see what it completes' },
  retry: {
    meaning: 'try again what has failed',
    during: ['stuck', 'undo-failed'],
    otherwise: 'Nothing has failed that could be retried',
    examples: ['shop --why "the proxy is back"'],
  },
  giveUp: {
    meaning: 'leave what has failed as it is, and end the run',
    during: ['stuck', 'undo-failed'],
    otherwise: 'Nothing has failed',
    examples: ['shop --why "routed by hand"'],
  },
};
