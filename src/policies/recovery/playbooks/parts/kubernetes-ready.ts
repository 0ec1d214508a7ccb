import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs, workloadInput } from './cluster-inputs.ts';

export const kubernetesReady = {
  name: 'kubernetes.ready',
  is: 'probe',
  what: 'passes if every replica that is wanted, and at least one, is ready and of the newest pod template',
  needs: 'cluster',
  by: 'worker',
  inputs: { ...clusterInputs, ...workloadInput },
  outputs: {
    wanted: { type: 'number', what: 'replicas' },
    ready: { type: 'number', what: 'of the newest pod template' },
    crashing: { type: 'number', what: 'pods with a container that restarts again and again' },
    why: { type: 'string', what: 'what keeps a pod from being ready' },
  },
  makes: 'readiness',
  undo: 'nothing',
} as const satisfies Part;
