import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { endingOutputs, workflowInputs } from './temporal-inputs.ts';

export const temporalSignal = {
  name: 'temporal.signal',
  is: 'action',
  what: 'signals an open workflow; at every attempt the same run, so that it may arrive twice and never at the next one',
  needs: 'temporal',
  by: 'worker',
  inputs: {
    ...workflowInputs,
    signal: { type: 'string', what: 'its name' },
    argument: { type: 'any', what: 'its one argument', optional: true },
  },
  outputs: endingOutputs,
  makes: 'signalled',
  undo: 'written',
} as const satisfies Part;
