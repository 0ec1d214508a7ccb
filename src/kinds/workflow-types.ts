/** Workflow types by spec kind: what `temporal workflow start --type` takes. */
export const workflowTypes = {
  canary: 'canaryDeployment',
  blueGreen: 'blueGreenDeployment',
  rolling: 'rollingDeployment',
  recreate: 'recreateDeployment',
  rollback: 'rollback',
} as const;

export const janitorWorkflowType = 'janitor';

export const changeControlWorkflowType = 'changeControl';

/** Writes a report once the ledger can be used again. */
export const writeReportWorkflowType = 'writeReport';

export const alertWorkflowType = 'respondToAlert';

/** Starts the run of a schedule under the run's own workflow ID: that of a schedule has a time in it. */
export const scheduledStartType = 'startScheduledRun';

/** What the `kind` of a spec may be. */
export type SpecKind = keyof typeof workflowTypes;
