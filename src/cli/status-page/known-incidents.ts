import { listOpenIncidents } from '../../adapters/temporal/open-incidents.ts';
import type { IncidentFacts, IncidentStatus } from '../../contracts/recovery/incident.ts';
import type { KnownIncident } from '../../policies/objectives/status-page/page-incidents.ts';
import type { Connections } from '../connections.ts';
import { isClosedIncident } from '../incidents/read-incident.ts';
import { queryStatus } from '../runs/query-status.ts';

/** Open incidents of an environment from Temporal, and those that were closed since a moment from the ledger. */
export async function readKnownIncidents(
  environment: string,
  sinceMs: number,
  { ledger, temporal }: Pick<Connections, 'ledger' | 'temporal'>,
): Promise<KnownIncident[]> {
  const reports = await ledger.list({ environment, kinds: ['incident'], sinceMs });
  const closed = reports
    .filter(isClosedIncident)
    .filter(({ outcome }) => outcome !== 'Withdrawn')
    .map(({ runRef, startedAtMs, endedAtMs, details }) => ({
      ...{ runRef, startedAtMs, endedAtMs, ...shownOf(details) },
    }));
  const client = await temporal();
  const open: KnownIncident[] = [];
  for (const { workflowId } of await listOpenIncidents(client, { environment })) {
    const status = await queryStatus<IncidentStatus>(client, workflowId);
    const { runRef, startedAtMs, incident } = status;
    if (incident !== undefined && status.outcome === undefined) {
      open.push({ runRef, startedAtMs, ...shownOf(incident) });
    }
  }
  return [...open, ...closed];
}

/** Of an incident as it is known inside, what the page may need. */
function shownOf({ services, severity, moments, published, publicTitle }: IncidentFacts) {
  const impactAtMs = moments.impact?.at(-1)?.happenedAtMs;
  return {
    ...{ services, severity },
    ...(impactAtMs !== undefined && { impactAtMs }),
    ...(published && { published }),
    ...(publicTitle !== undefined && { publicTitle }),
  };
}
