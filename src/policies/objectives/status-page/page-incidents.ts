import type { PublicUpdate } from '../../../contracts/kernel/public-update.ts';
import type { PageIncident } from '../../../contracts/objectives/status-page.ts';
import type { IncidentSeverity } from '../../../kinds/incident-words.ts';
import { stableId } from './stable-id.ts';

export interface KnownIncident {
  runRef: string;
  startedAtMs: number;
  /** Absent while it is open. */
  endedAtMs?: number;
  services: readonly string[];
  severity: IncidentSeverity;
  /** When users began to suffer. */
  impactAtMs?: number;
  published?: readonly PublicUpdate[];
  publicTitle?: string;
}

const impactOf = {
  sev1: 'critical',
  sev2: 'major',
  sev3: 'minor',
  sev4: 'minor',
} as const satisfies Readonly<Record<IncidentSeverity, PageIncident['impact']>>;

/**
 * Incidents as the public sees them, newest first: those that somebody has published words of, in those
 * words alone, as far as they are about services of the page.
 */
export function pageIncidents(
  known: readonly KnownIncident[],
  shown: readonly string[],
): PageIncident[] {
  return known
    .flatMap(({ runRef, startedAtMs, endedAtMs, severity, ...facts }): PageIncident[] => {
      const { published = [], publicTitle: title = 'Incident', impactAtMs = startedAtMs } = facts;
      const services = facts.services.filter((service) => shown.includes(service));
      if (published.length === 0 || services.length === 0) return [];
      const last = published.at(-1);
      const resolvedAtMs = last?.state === 'resolved' ? last.atMs : endedAtMs;
      return [
        {
          ...{ id: stableId(`incident ${runRef}`), title, impact: impactOf[severity], services },
          startedAtMs: impactAtMs,
          ...(resolvedAtMs !== undefined && { resolvedAtMs }),
          updates: [...published],
        },
      ];
    })
    .sort((one, other) => other.startedAtMs - one.startedAtMs);
}
