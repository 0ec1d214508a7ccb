import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { endingOutputs, workflowInputs } from './temporal-inputs.ts';

export const temporalTerminate = {
  name: 'temporal.terminate',
  is: 'action',
  what: 'ends an open workflow at once; it cannot clean up',
  needs: 'temporal',
  by: 'worker',
  inputs: workflowInputs,
  outputs: endingOutputs,
  makes: 'terminated',
  undo: 'written',
} as const satisfies Part;
