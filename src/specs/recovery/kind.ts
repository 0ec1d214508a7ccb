import * as z from 'zod';
import { refusal } from '../kernel/given.ts';

/** The `kind` key of a spec that is to be resolved as this kind. */
export function kindKey<K extends string>(kind: K) {
  return z
    .literal(kind, { error: refusal(`write ${kind}, or leave kind out`) })
    .prefault(kind)
    .describe(
      `${kind}. Required by \`belay\`; may be left out if the workflow is started by its type.`,
    );
}
