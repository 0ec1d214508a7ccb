import { completingPhases, completingVerbs, type CompletingPhase } from './completing.ts';
import type { KindDefinition, Subject } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';
import { backupWorkflowTypes, type BackupKind } from './workflow-types.ts';

interface PlanName {
  environment: string;
  backup: string;
}

interface DatabaseName {
  environment: string;
  database: string;
}

type Definition<Spec> = KindDefinition<Spec, RunPhase, RunVerb>;
type Completing<Spec> = KindDefinition<Spec, CompletingPhase, RunVerb>;

const common = {
  family: 'backups',
  subjectName: 'backup',
  whenOpen: 'refuse',
  phases: runPhases,
  verbs: runVerbs,
} as const;

const subjectOf = ({ environment, backup }: PlanName): Subject => ({ environment, name: backup });

/** Everything but a backup itself carries the plan that it is about. */
const ofPlan = { ...common, subject: ({ plan }: { plan: PlanName }) => subjectOf(plan) };

/** What was restored may take the place of what is there, and stays then. */
const completing = { phases: completingPhases, verbs: completingVerbs };

/** Each has a lock of its own; what must not meet on a repository is excluded by change control. */
export const backupKinds = {
  backup: {
    ...common,
    subject: subjectOf,
    kind: 'backup',
    noun: 'backup',
    workflowType: backupWorkflowTypes.backup,
    lock: 'backup',
    schedulable: true,
    successes: ['Complete'],
  } satisfies Definition<PlanName>,
  backupVerification: {
    ...ofPlan,
    kind: 'backupVerification',
    noun: 'verification',
    workflowType: backupWorkflowTypes.backupVerification,
    lock: 'backup-verification',
    schedulable: true,
    successes: ['Verified'],
  } satisfies Definition<{ plan: PlanName }>,
  backupRetention: {
    ...ofPlan,
    kind: 'backupRetention',
    noun: 'retention',
    workflowType: backupWorkflowTypes.backupRetention,
    lock: 'backup-retention',
    schedulable: true,
    successes: ['Complete', 'Planned'],
  } satisfies Definition<{ plan: PlanName }>,
  backupReplication: {
    ...ofPlan,
    kind: 'backupReplication',
    noun: 'replication',
    workflowType: backupWorkflowTypes.backupReplication,
    lock: 'backup-replication',
    schedulable: true,
    successes: ['Complete'],
  } satisfies Definition<{ plan: PlanName }>,
  restore: {
    ...ofPlan,
    ...completing,
    kind: 'restore',
    noun: 'restore',
    workflowType: backupWorkflowTypes.restore,
    lock: 'restore',
    successes: ['Restored', 'Planned'],
  } satisfies Completing<{ plan: PlanName }>,
  restoreDrill: {
    ...ofPlan,
    kind: 'restoreDrill',
    noun: 'restore drill',
    workflowType: backupWorkflowTypes.restoreDrill,
    lock: 'restore-drill',
    schedulable: true,
    successes: ['Proven'],
  } satisfies Definition<{ plan: PlanName }>,
  pointInTimeRecovery: {
    ...common,
    ...completing,
    subjectName: 'database',
    subject: ({ environment, database }: DatabaseName): Subject => ({
      environment,
      name: database,
    }),
    kind: 'pointInTimeRecovery',
    noun: 'recovery to a point in time',
    workflowType: backupWorkflowTypes.pointInTimeRecovery,
    lock: 'point-in-time-recovery',
    successes: ['Recovered', 'Restored', 'Planned'],
    harmless: ['NothingWrong'],
  } satisfies Completing<DatabaseName>,
};

/** Every kind of the family is in the table. */
backupKinds satisfies Record<BackupKind, unknown>;
