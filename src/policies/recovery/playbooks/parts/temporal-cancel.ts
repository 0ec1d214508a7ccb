import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { endingOutputs, workflowInputs } from './temporal-inputs.ts';

export const temporalCancel = {
  name: 'temporal.cancel',
  is: 'action',
  what: 'asks an open workflow to stop; it cleans up by itself',
  needs: 'temporal',
  by: 'worker',
  inputs: workflowInputs,
  outputs: endingOutputs,
  makes: 'cancelled',
  undo: 'written',
} as const satisfies Part;
