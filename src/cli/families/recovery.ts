import type { AnyKind } from '../../kinds/kind.ts';
import { incidentLock } from '../../kinds/recovery.ts';
import type { IncidentSpec } from '../../specs/recovery/incident.ts';
import { withConnections } from '../connections.ts';
import { sendDeclaration } from '../incidents/send-declaration.ts';
import { createAnyFamily } from './any-family.ts';
import type { FamilyCommands } from './family-commands.ts';

/** An incident is declared, also where one is open; everything else is as for any family. */
export function createRecoveryFamily(kinds: readonly AnyKind[]): FamilyCommands {
  const family = createAnyFamily(kinds);
  return {
    ...family,
    start: async (given, options) => {
      if (given.kind.lock !== incidentLock || options.dryRun) return family.start(given, options);
      const spec = given.spec as IncidentSpec;
      const { json } = options;
      return withConnections(async (to) => {
        await sendDeclaration({ spec, asWritten: given.asWritten }, options, to);
        if (options.watch) {
          const shown = json === undefined ? {} : { json };
          await family.watch({ lock: incidentLock, ...given.subject }, shown, to);
        }
      });
    },
  };
}
