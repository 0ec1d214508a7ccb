import * as z from 'zod';
import { refusal, showGiven } from '../kernel/given.ts';
import { backupWorkflowTypes, type BackupKind } from '../../kinds/workflow-types.ts';

/** The `kind` key of a spec that is to be resolved as this kind. */
export function kindKey<K extends BackupKind>(kind: K) {
  return z
    .literal(kind, {
      error: ({ input }) =>
        isBackupKind(input)
          ? `${showGiven(input)} does not fit here, where kind: ${kind} is taken`
          : refusal(`write ${kind}, or leave kind out`)({ input }),
    })
    .prefault(kind)
    .describe(
      `${kind}. Required by \`belay\`; may be left out if the workflow is started by its type.`,
    );
}

function isBackupKind(value: unknown): value is BackupKind {
  return typeof value === 'string' && Object.hasOwn(backupWorkflowTypes, value);
}
