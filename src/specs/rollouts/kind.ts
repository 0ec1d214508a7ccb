import * as z from 'zod';
import { workflowTypes, type SpecKind } from '../../kinds/workflow-types.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { isSpecKind, specKinds } from './spec-kinds.ts';

/** The `kind` key of a spec that is to be resolved as this kind. */
export function kindKey<K extends SpecKind>(kind: K) {
  return z
    .literal(kind, {
      error: ({ input }) =>
        isSpecKind(input)
          ? `${showGiven(input)} does not fit the workflow ${workflowTypes[kind]}, which takes kind: ${kind}; start ${workflowTypes[input]} with it`
          : refusal(`write ${kind}, or leave kind out`)({ input }),
    })
    .prefault(kind)
    .describe(
      `${kind}. Required by \`belay\`; may be left out if the workflow is started by its type.`,
    );
}

export const refuseKind = ({ input }: { input?: unknown }) =>
  refusal(offerKnown(input, specKinds))({ input });
