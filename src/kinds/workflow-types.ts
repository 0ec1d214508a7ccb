/** Workflow types by spec kind: what `temporal workflow start --type` takes. */
export const workflowTypes = {
  canary: 'canaryDeployment',
  blueGreen: 'blueGreenDeployment',
  rolling: 'rollingDeployment',
  recreate: 'recreateDeployment',
  rollback: 'rollback',
} as const;

export const janitorWorkflowType = 'janitor';

export const alertWorkflowType = 'respondToAlert';

/** What the `kind` of a spec may be. */
export type SpecKind = keyof typeof workflowTypes;
