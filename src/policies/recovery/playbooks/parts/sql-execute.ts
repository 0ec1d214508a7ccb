import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { sqlInputs, sqlOutputs } from './sql-inputs.ts';

export const sqlExecute = {
  name: 'sql.execute',
  is: 'action',
  what: 'carries a statement out in a database of an agent, once; rolled back where it changes or returns fewer or more rows than it may',
  needs: 'agent',
  by: 'workflow',
  inputs: {
    ...sqlInputs,
    least: {
      type: 'number',
      what: 'rows that it has to change or return',
      optional: true,
      default: 0,
      least: 0,
    },
    most: {
      type: 'number',
      what: 'rows that it may change or return',
      optional: true,
      default: 100,
      least: 0,
    },
  },
  outputs: sqlOutputs,
  makes: 'executed',
  undo: 'written',
} as const satisfies Part;
