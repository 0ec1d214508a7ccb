import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs } from './cluster-inputs.ts';

export const kubernetesEvents = {
  name: 'kubernetes.events',
  is: 'probe',
  what: 'keeps the newest events of a namespace, or of one object, in the report',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    ...clusterInputs,
    about: { type: 'string', what: 'objects whose names begin with this', optional: true },
  },
  outputs: {
    warnings: { type: 'number', what: 'events of type Warning' },
    text: { type: 'string', what: 'the newest 50, a line each' },
  },
  makes: 'events',
  undo: 'nothing',
} as const satisfies Part;
