import { incidentPhases, type IncidentPhase } from './incident-phases.ts';
import { incidentVerbs, type IncidentVerb } from './incident-verbs.ts';
import type { KindDefinition, Subject } from './kind.ts';
import { playbookPhases, type PlaybookPhase } from './playbook-phases.ts';
import { playbookVerbs, type PlaybookVerb } from './playbook-verbs.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';
import { recoveryWorkflowTypes } from './workflow-types.ts';

export const recoveryFamily = 'recovery';

export const incidentLock = 'incident';

interface IncidentName {
  environment: string;
  incident: string;
}

/** One incident of this name at a time: whoever declares another joins it. */
const incidentKind = {
  family: recoveryFamily,
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

interface PlaybookName {
  environment: string;
  playbook: string;
}

const subjectOfPlaybook = ({ environment, playbook }: PlaybookName): Subject => ({
  environment,
  name: playbook,
});

/** One run of a playbook at a time in an environment. */
const playbookKind = {
  family: recoveryFamily,
  kind: 'playbook',
  workflowType: recoveryWorkflowTypes.playbook,
  lock: 'playbook',
  subjectName: 'playbook',
  subject: subjectOfPlaybook,
  whenOpen: 'refuse',
  phases: playbookPhases,
  verbs: playbookVerbs,
  successes: ['Complete', 'Planned'],
} as const satisfies KindDefinition<PlaybookName, PlaybookPhase, PlaybookVerb>;

/** Changes nothing, so it goes on beside a run. */
const playbookRehearsalKind = {
  family: recoveryFamily,
  kind: 'playbookRehearsal',
  workflowType: recoveryWorkflowTypes.playbookRehearsal,
  lock: 'playbook-rehearsal',
  subjectName: 'playbook',
  subject: ({ playbook }: { playbook: PlaybookName }) => subjectOfPlaybook(playbook),
  whenOpen: 'refuse',
  schedulable: true,
  phases: runPhases,
  verbs: runVerbs,
  successes: ['Ready'],
} as const satisfies KindDefinition<{ playbook: PlaybookName }, RunPhase, RunVerb>;

/** The kinds of the recovery family, by the `kind` of their specs. */
export const recoveryKinds = {
  incident: incidentKind,
  playbook: playbookKind,
  playbookRehearsal: playbookRehearsalKind,
};
