import { kinds } from './registry.ts';

/** Every workflow type of Belay: what people say to these goes through their verbs alone. */
export const ownWorkflowTypes: ReadonlySet<string> = new Set([
  ...kinds.map(({ workflowType }) => workflowType),
  ...[
    'respondToAlert',
    'startScheduledRun',
    'changeControl',
    'writeFacts',
    'writeReport',
    'janitor',
  ],
]);
