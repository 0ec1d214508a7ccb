/** What is noted on the canary about its pod template. */
import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { templateDigest } from '../state/template-revision.ts';
import { annotations, metadataPath } from './names.ts';
import { withoutHash } from './template.ts';

/** On a ReplicaSet: nothing else keeps the template that it was given. */
export function notesOn(template: V1PodTemplateSpec): Record<string, string> {
  return {
    [annotations.stored]: templateDigest(template),
    [annotations.given]: JSON.stringify(withoutHash(template)),
  };
}

export function noteSteps(notes: Record<string, string>): PatchStep[] {
  return Object.entries(notes).map(([key, value]) => ({
    op: 'add',
    path: metadataPath('annotations', key),
    value,
  }));
}
