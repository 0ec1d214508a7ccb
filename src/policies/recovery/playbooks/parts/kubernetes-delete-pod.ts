import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs } from './cluster-inputs.ts';

export const kubernetesDeletePod = {
  name: 'kubernetes.deletePod',
  is: 'action',
  what: 'deletes one pod that a controller replaces; one without a controller is refused',
  needs: 'cluster',
  by: 'worker',
  inputs: { ...clusterInputs, pod: { type: 'string', what: 'the name of the pod' } },
  outputs: { uid: { type: 'string', what: 'of the pod that was deleted' } },
  makes: 'deleted',
  undo: 'nothing',
} as const satisfies Part;
