import { randomUUID } from 'node:crypto';
import { declareIncident } from '../../adapters/temporal/declare-incident.ts';
import type { IncidentSpec } from '../../specs/recovery/incident.ts';
import { actingPerson } from '../acting-person.ts';
import type { Connections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { webLink } from '../runs/web-link.ts';
import { tracedCommand } from '../traced-command.ts';

/** Declares the incident, and says whether it was joined. */
export async function sendDeclaration(
  { asWritten, spec }: { asWritten: Readonly<Record<string, unknown>>; spec: IncidentSpec },
  { why, as, json = false }: { why?: string; as?: string; json?: boolean },
  to: Connections,
): Promise<void> {
  const declared = await tracedCommand('incident declare', async () =>
    declareIncident(await to.temporal(), {
      ...{ spec, asWritten, taskQueue: to.config.taskQueue, requestId: randomUUID() },
      by: actingPerson(as),
      ...(why !== undefined && { why }),
    }),
  );
  const { workflowId, joined } = declared;
  const webUrl = await webLink(to.config, declared);
  if (json) {
    printJson({ kind: 'incident', ...declared, webUrl, severity: spec.severity });
    return;
  }
  print(
    [
      joined
        ? `The incident is open already, and this declaration joins it: ${workflowId}`
        : `Declared as ${spec.severity}: ${workflowId}`,
      ...(webUrl === undefined ? [] : [`  web          ${webUrl}`]),
      `  see it       belay incident show ${workflowId}`,
      `  acknowledge  belay incident ack ${workflowId}`,
    ].join('\n'),
  );
}
