import { workflowTypes, type SpecKind } from '../../kinds/workflow-types.ts';

export const specKinds = Object.keys(workflowTypes) as SpecKind[];

export function isSpecKind(value: unknown): value is SpecKind {
  return specKinds.some((kind) => kind === value);
}
