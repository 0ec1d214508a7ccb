import type { Fields } from '../../../../contracts/recovery/playbooks/part.ts';

export const workflowInputs = {
  workflowId: { type: 'string', what: 'of a workflow in the namespace of Belay' },
  runId: {
    type: 'string',
    what: 'of one run; default: the one that is open when the step begins',
    optional: true,
  },
} as const satisfies Fields;

export const endingOutputs = {
  runId: { type: 'string', what: 'that it was sent to' },
  status: { type: 'string', what: 'of the workflow before it' },
} as const satisfies Fields;
