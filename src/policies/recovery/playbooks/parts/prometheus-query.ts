import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const prometheusQuery = {
  name: 'prometheus.query',
  is: 'probe',
  what: 'asks the Prometheus of the worker for one number; no value, or several, is no answer',
  needs: 'prometheus',
  by: 'worker',
  inputs: {
    query: { type: 'string', what: 'PromQL whose result is one number' },
    above: { type: 'number', what: 'passes only if the value is greater', optional: true },
    below: { type: 'number', what: 'passes only if the value is less', optional: true },
  },
  outputs: { value: { type: 'number', what: 'the number' } },
  makes: 'measured',
  undo: 'nothing',
} as const satisfies Part;
