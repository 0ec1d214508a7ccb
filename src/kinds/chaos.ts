import {
  campaignPhases,
  campaignVerbs,
  type CampaignPhase,
  type CampaignVerb,
} from './campaign-words.ts';
import type { KindDefinition, PhaseDefinition, Subject, VerbDefinition } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';
import { chaosWorkflowTypes, type ChaosKind } from './workflow-types.ts';

export const chaosFamily = 'chaos';

export type ExperimentPhase =
  | RunPhase
  /** A fault may be there: halting it removes it, and the run goes on to its verdict. */
  | 'faulted'
  /** Every fault is being removed. */
  | 'removing'
  /** No fault is there any more, and the target is given its time to recover. */
  | 'recovering';

const phases: Readonly<Record<ExperimentPhase, PhaseDefinition>> = {
  ...runPhases,
  faulted: { undoable: true },
  removing: {},
  recovering: {},
};

const verbs: Readonly<Record<RunVerb, VerbDefinition<ExperimentPhase>>> = {
  ...runVerbs,
  abort: {
    meaning: 'halt the experiment: remove every fault now',
    during: ['starting', 'working', 'awaiting-approval', 'faulted'],
    otherwise:
      'The faults are being removed already, or are gone: give-up ends the wait for the recovery',
    endsRun: true,
    examples: ['web-freezes --why "checkout is slow"'],
  },
  giveUp: {
    ...runVerbs.giveUp,
    meaning: 'end the wait for the recovery, or leave a fault that was not removed as it is',
    during: ['undo-failed', 'recovering'],
    otherwise: 'Nothing is waited for that could be given up',
  },
};

interface ExperimentName {
  environment: string;
  experiment: string;
}

interface CampaignName {
  environment: string;
  campaign: string;
}

export const chaosKinds = {
  chaosExperiment: {
    family: chaosFamily,
    kind: 'chaosExperiment',
    noun: 'experiment',
    workflowType: chaosWorkflowTypes.chaosExperiment,
    lock: 'chaos',
    subjectName: 'experiment',
    subject: ({ environment, experiment }: ExperimentName): Subject => ({
      environment,
      name: experiment,
    }),
    whenOpen: 'refuse',
    schedulable: true,
    phases,
    verbs,
    successes: ['Passed', 'Planned'],
  } satisfies KindDefinition<ExperimentName, ExperimentPhase, RunVerb>,
  chaosCampaign: {
    family: chaosFamily,
    kind: 'chaosCampaign',
    noun: 'campaign',
    workflowType: chaosWorkflowTypes.chaosCampaign,
    lock: 'chaos-campaign',
    subjectName: 'campaign',
    subject: ({ environment, campaign }: CampaignName): Subject => ({
      environment,
      name: campaign,
    }),
    whenOpen: 'refuse',
    schedulable: true,
    phases: campaignPhases,
    verbs: campaignVerbs,
    successes: ['Passed', 'Planned'],
  } satisfies KindDefinition<CampaignName, CampaignPhase, CampaignVerb>,
};

/** Every kind of the family is in the table. */
chaosKinds satisfies Record<ChaosKind, unknown>;
