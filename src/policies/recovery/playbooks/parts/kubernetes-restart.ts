import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs, workloadInput } from './cluster-inputs.ts';

export const kubernetesRestart = {
  name: 'kubernetes.restart',
  is: 'action',
  what: 'replaces the pods of a workload, as `kubectl rollout restart` does',
  needs: 'cluster',
  by: 'worker',
  inputs: { ...clusterInputs, ...workloadInput },
  outputs: { restartedAt: { type: 'string', what: 'the mark in the pod template' } },
  makes: 'restarted',
  undo: 'nothing',
} as const satisfies Part;
