import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs } from './cluster-inputs.ts';

export const kubernetesCordon = {
  name: 'kubernetes.cordon',
  is: 'action',
  what: 'keeps new pods off a node; its undo allows them again, unless it was cordoned before',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    context: clusterInputs.context,
    node: { type: 'string', what: 'the name of the node' },
  },
  outputs: { before: { type: 'boolean', what: 'whether it was cordoned already' } },
  makes: 'cordoned',
  undo: 'own',
} as const satisfies Part;
