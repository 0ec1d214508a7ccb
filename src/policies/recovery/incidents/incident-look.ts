import type { AroundQuery, IncidentFacts } from '../../../contracts/recovery/incident.ts';
import { momentOf } from './moments.ts';

/** What changed before an incident may be its cause. */
const beforeMs = 2 * 3_600_000;

/** The runs that count as being around an incident. */
export function incidentLook({
  environment,
  moments,
}: { environment: string } & Pick<IncidentFacts, 'moments'>): AroundQuery {
  const known = (['impact', 'detect', 'declare'] as const).flatMap(
    (moment) => momentOf(moments, moment) ?? [],
  );
  return { environment, fromMs: Math.min(...known) - beforeMs };
}
