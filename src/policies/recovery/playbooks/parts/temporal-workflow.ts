import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { workflowInputs } from './temporal-inputs.ts';

export const temporalWorkflow = {
  name: 'temporal.workflow',
  is: 'probe',
  what: 'describes a workflow; passes if it is open',
  needs: 'temporal',
  by: 'worker',
  inputs: workflowInputs,
  outputs: {
    found: { type: 'boolean', what: 'whether there is one' },
    open: { type: 'boolean', what: 'whether it runs' },
    status: { type: 'string', what: 'as Temporal names it, such as RUNNING; empty without one' },
    type: { type: 'string', what: 'its workflow type' },
    runId: { type: 'string', what: 'its run' },
    historyLength: { type: 'number', what: 'events of its history' },
  },
  makes: 'described',
  undo: 'nothing',
} as const satisfies Part;
