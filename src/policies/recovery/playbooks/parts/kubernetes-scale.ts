import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs, workloadInput } from './cluster-inputs.ts';

export const kubernetesScale = {
  name: 'kubernetes.scale',
  is: 'action',
  what: 'sets the replicas of a deployment or statefulset; its undo sets what was there before',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    ...clusterInputs,
    ...workloadInput,
    replicas: { type: 'number', what: 'how many', least: 0, most: 10_000 },
    atLeast: { type: 'boolean', what: 'where there are more, they stay', optional: true },
  },
  outputs: {
    before: { type: 'number', what: 'the replicas before' },
    replicas: { type: 'number', what: 'the replicas now' },
  },
  makes: 'scaled',
  undo: 'own',
} as const satisfies Part;
