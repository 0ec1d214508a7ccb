import * as z from 'zod';
import { databaseWorkflowTypes, type DatabaseKind } from '../../kinds/workflow-types.ts';
import { refusal, showGiven } from '../kernel/given.ts';

/** The `kind` key of a spec that is to be resolved as this kind. */
export function kindKey<K extends DatabaseKind>(kind: K) {
  return z
    .literal(kind, {
      error: ({ input }) =>
        isDatabaseKind(input)
          ? `${showGiven(input)} does not fit here, where kind: ${kind} is taken`
          : refusal(`write ${kind}, or leave kind out`)({ input }),
    })
    .prefault(kind)
    .describe(
      `${kind}. Required by \`belay\`; may be left out if the workflow is started by its type.`,
    );
}

function isDatabaseKind(value: unknown): value is DatabaseKind {
  return typeof value === 'string' && Object.hasOwn(databaseWorkflowTypes, value);
}
