import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs } from './cluster-inputs.ts';

export const kubernetesEvents = {
  name: 'kubernetes.events',
  is: 'probe',
  what: 'reads events of a namespace, or of one object: the newest 50 of the first 500 that the cluster lists',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    ...clusterInputs,
    about: { type: 'string', what: 'objects whose names begin with this', optional: true },
  },
  outputs: {
    warnings: { type: 'number', what: 'events of type Warning' },
    text: { type: 'string', what: 'the newest 50 of them, a line each' },
  },
  makes: 'events',
  undo: 'nothing',
} as const satisfies Part;
