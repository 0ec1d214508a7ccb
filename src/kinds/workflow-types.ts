/** Workflow types of rollouts by spec kind: what `temporal workflow start --type` takes. */
export const workflowTypes = {
  canary: 'canaryDeployment',
  blueGreen: 'blueGreenDeployment',
  rolling: 'rollingDeployment',
  recreate: 'recreateDeployment',
  rollback: 'rollback',
} as const;

/** Workflow types of the backups family, by spec kind. */
export const backupWorkflowTypes = {
  backup: 'backup',
  backupVerification: 'backupVerification',
  backupRetention: 'backupRetention',
  backupReplication: 'backupReplication',
  restore: 'restore',
  restoreDrill: 'restoreDrill',
  pointInTimeRecovery: 'pointInTimeRecovery',
} as const;

/** What the `kind` of a spec of the backups family may be. */
export type BackupKind = keyof typeof backupWorkflowTypes;

/** Workflow types of the recovery family, by spec kind. */
export const recoveryWorkflowTypes = {
  incident: 'incident',
  playbook: 'playbook',
  playbookRehearsal: 'playbookRehearsal',
} as const;

/** Workflow types of recoveries of databases, by spec kind. */
export const databaseWorkflowTypes = {
  databaseWatch: 'databaseWatch',
  failover: 'failover',
  switchover: 'switchover',
  rejoin: 'rejoin',
  fence: 'fence',
} as const;

/** What the `kind` of a spec about a replicated database may be. */
export type DatabaseKind = keyof typeof databaseWorkflowTypes;

/** Workflow types of the chaos family, by spec kind. */
export const chaosWorkflowTypes = {
  chaosExperiment: 'chaosExperiment',
  chaosCampaign: 'chaosCampaign',
} as const;

/** What the `kind` of a spec of the chaos family may be. */
export type ChaosKind = keyof typeof chaosWorkflowTypes;

/** Workflow types of recoveries of regions, by spec kind. */
export const regionWorkflowTypes = {
  regionFailover: 'regionFailover',
  regionFailback: 'regionFailback',
} as const;

/** Workflow types of the objectives family, by spec kind. */
export const objectiveWorkflowTypes = {
  sloMonitor: 'sloMonitor',
} as const;

/** What the `kind` of a spec of the objectives family may be. */
export type ObjectiveKind = keyof typeof objectiveWorkflowTypes;

export const janitorWorkflowType = 'janitor';

export const changeControlWorkflowType = 'changeControl';

/** Writes a report once the ledger can be used again. */
export const writeReportWorkflowType = 'writeReport';

/** Writes what a run found out about sets once the catalogue can be used again. */
export const writeFactsWorkflowType = 'writeFacts';

export const alertWorkflowType = 'respondToAlert';

/** Starts the run of a schedule under the run's own workflow ID: that of a schedule has a time in it. */
export const scheduledStartType = 'startScheduledRun';

/** What the `kind` of a rollout's spec may be. */
export type SpecKind = keyof typeof workflowTypes;
