import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { sqlInputs, sqlOutputs } from './sql-inputs.ts';

export const sqlQuery = {
  name: 'sql.query',
  is: 'probe',
  what: 'asks a database of an agent, in a transaction that only reads; passes if there is a row, or if the value is as expected',
  needs: 'agent',
  by: 'workflow',
  inputs: {
    ...sqlInputs,
    equals: {
      type: 'any',
      what: 'what the first column of the first row must be',
      optional: true,
    },
  },
  outputs: sqlOutputs,
  makes: 'rows',
  undo: 'nothing',
} as const satisfies Part;
