import { incidentPhases, type IncidentPhase } from './incident-phases.ts';
import { incidentVerbs, type IncidentVerb } from './incident-verbs.ts';
import type { KindDefinition, Subject } from './kind.ts';
import { recoveryWorkflowTypes } from './workflow-types.ts';

export const incidentLock = 'incident';

interface IncidentName {
  environment: string;
  incident: string;
}

/** One incident of this name at a time: whoever declares another joins it. */
const incidentKind = {
  family: 'recovery',
  kind: 'incident',
  workflowType: recoveryWorkflowTypes.incident,
  lock: incidentLock,
  subjectName: 'incident',
  subject: ({ environment, incident }: IncidentName): Subject => ({ environment, name: incident }),
  whenOpen: 'join',
  phases: incidentPhases,
  verbs: incidentVerbs,
  successes: ['Resolved'],
} as const satisfies KindDefinition<IncidentName, IncidentPhase, IncidentVerb>;

/** The kinds of the recovery family, by the `kind` of their specs. */
export const recoveryKinds = {
  incident: incidentKind,
};
