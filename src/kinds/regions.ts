import { completingPhases, completingVerbs, type CompletingPhase } from './completing.ts';
import type { KindDefinition, Subject } from './kind.ts';
import type { RunVerb } from './run-verbs.ts';
import { regionWorkflowTypes } from './workflow-types.ts';

interface GroupName {
  environment: string;
  group: string;
}

const subjectOf = ({ environment, group }: GroupName): Subject => ({ environment, name: group });

/** They share a lock: what moves together is moved by one run at a time. */
const common = {
  family: 'recovery',
  lock: 'region',
  subjectName: 'group',
  whenOpen: 'refuse',
  phases: completingPhases,
  verbs: completingVerbs,
} as const;

export const regionKinds = {
  regionFailover: {
    ...common,
    kind: 'regionFailover',
    noun: 'region failover',
    workflowType: regionWorkflowTypes.regionFailover,
    subject: subjectOf,
    successes: ['FailedOver', 'Planned'],
  } satisfies KindDefinition<GroupName, CompletingPhase, RunVerb>,
  regionFailback: {
    ...common,
    kind: 'regionFailback',
    noun: 'region failback',
    workflowType: regionWorkflowTypes.regionFailback,
    subject: ({ plan }: { plan: GroupName }) => subjectOf(plan),
    successes: ['FailedBack', 'Planned'],
  } satisfies KindDefinition<{ plan: GroupName }, CompletingPhase, RunVerb>,
};
