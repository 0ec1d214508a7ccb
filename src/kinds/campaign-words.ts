import type { PhaseDefinition, VerbDefinition } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';

export type CampaignPhase =
  | RunPhase
  /** Until the time of the next experiment. */
  | 'waiting'
  /** The experiment under way goes on, and it pauses after that. */
  | 'pausing'
  /** A person stopped it before its next experiment. */
  | 'paused'
  /** The experiment under way is halted, and none follows. */
  | 'halting';

export const campaignPhases: Readonly<Record<CampaignPhase, PhaseDefinition>> = {
  ...runPhases,
  waiting: {},
  pausing: {},
  paused: {},
  halting: {},
};

/** What people may ask of an open campaign. */
export type CampaignVerb = RunVerb | 'pause' | 'resume' | 'skip';

export const campaignVerbs: Readonly<Record<CampaignVerb, VerbDefinition<CampaignPhase>>> = {
  approve: runVerbs.approve,
  reject: runVerbs.reject,
  pause: {
    meaning: 'stop before the next experiment; the present one goes on',
    during: ['working', 'waiting'],
    otherwise: 'No campaign is under way that could be paused, or it was paused already',
    examples: ['weekly --why "the sale has begun"'],
  },
  resume: {
    meaning: 'end a pause',
    during: ['pausing', 'paused'],
    otherwise: 'Nobody has paused the campaign',
    examples: ['weekly'],
  },
  skip: {
    meaning: 'leave the next experiment out',
    during: ['waiting', 'paused'],
    otherwise: 'No experiment is waiting that could be skipped',
    needsName: true,
    needsReason: true,
    takes: 'step',
    examples: ['weekly --as ana --why "web-2 is being replaced"'],
  },
  retry: runVerbs.retry,
  giveUp: runVerbs.giveUp,
  abort: {
    meaning: 'halt the experiment under way, and begin no other',
    during: ['starting', 'working', 'waiting', 'pausing', 'paused'],
    otherwise: 'The campaign is being halted already',
    endsRun: true,
    examples: ['weekly --why "checkout is slow"'],
  },
};
