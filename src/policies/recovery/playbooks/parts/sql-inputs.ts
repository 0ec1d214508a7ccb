import type { Fields } from '../../../../contracts/recovery/playbooks/part.ts';

/** Where a statement is carried out, and which. */
export const sqlInputs = {
  agent: { type: 'string', what: 'its name' },
  cluster: { type: 'string', what: 'as its settings name it' },
  database: {
    type: 'string',
    what: 'one that its settings list; default: the only one',
    optional: true,
  },
  statement: {
    type: 'string',
    what: 'one statement, with $1, $2 and so on for parameters',
    literal: true,
  },
  parameters: {
    type: 'list',
    what: 'the value of $1, of $2 and so on',
    optional: true,
    default: [],
  },
  timeout: {
    type: 'duration',
    what: 'of the statement',
    optional: true,
    default: '10s',
    least: 100,
    most: 600_000,
  },
} as const satisfies Fields;

export const sqlOutputs = {
  rows: { type: 'any', what: 'the first rows, each a mapping of its columns' },
  value: { type: 'any', what: 'of the first column of the first row; null without one' },
  count: { type: 'number', what: 'how many rows it changed or returned' },
  cut: { type: 'boolean', what: 'there is more than rows shows' },
} as const satisfies Fields;
