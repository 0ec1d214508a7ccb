import type { KindDefinition, Subject, VerbDefinition } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';
import { objectiveWorkflowTypes, type ObjectiveKind } from './workflow-types.ts';

interface EnvironmentName {
  environment: string;
}

const monitorVerbs: Readonly<Record<RunVerb, VerbDefinition<RunPhase>>> = {
  ...runVerbs,
  abort: {
    ...runVerbs.abort,
    meaning: 'stop reading the objectives',
    examples: ['slo-monitor/prod/objectives --why "other targets"'],
  },
};

export const objectiveKinds = {
  sloMonitor: {
    family: 'objectives',
    kind: 'sloMonitor',
    noun: 'monitor',
    workflowType: objectiveWorkflowTypes.sloMonitor,
    lock: 'slo-monitor',
    subjectName: 'monitor',
    // An environment has one.
    subject: ({ environment }: EnvironmentName): Subject => ({ environment, name: 'objectives' }),
    whenOpen: 'refuse',
    phases: runPhases,
    verbs: monitorVerbs,
    successes: ['Stopped'],
  } satisfies KindDefinition<EnvironmentName, RunPhase, RunVerb>,
};

/** Every kind of the family is in the table. */
objectiveKinds satisfies Record<ObjectiveKind, unknown>;
