import type { Joining } from './join-incident.ts';

/** What is said of one incident, and not of the next one of its name. */
const ofOneIncident: readonly string[] = [
  'summary',
  'severity',
  'impactAt',
  'detectedAt',
  'alert',
  'roles',
];

/** The spec of an incident that is declared while the one before it is closing. */
export function nextIncidentSpec(
  before: unknown,
  { summary, severity, alert, detectedAtMs }: Joining,
): Record<string, unknown> {
  const kept = Object.entries(before as Record<string, unknown>).filter(
    ([key]) => !ofOneIncident.includes(key),
  );
  return {
    ...Object.fromEntries(kept),
    summary,
    ...(severity !== undefined && { severity }),
    ...(alert !== undefined && { alert }),
    ...(detectedAtMs !== undefined && { detectedAt: new Date(detectedAtMs).toISOString() }),
  };
}
