import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';
import { clusterInputs } from './cluster-inputs.ts';

export const kubernetesPatch = {
  name: 'kubernetes.patch',
  is: 'action',
  what: 'changes fields of any object (JSON merge patch); its undo puts these fields back',
  needs: 'cluster',
  by: 'worker',
  inputs: {
    ...clusterInputs,
    object: { type: 'string', what: 'such as deployment/web, service/web or networkpolicy/shop' },
    patch: { type: 'object', what: 'the fields with their new values; null removes one' },
  },
  outputs: { changed: { type: 'boolean', what: 'false where it was so already' } },
  makes: 'patched',
  undo: 'own',
} as const satisfies Part;
