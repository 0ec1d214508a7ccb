import type { IncidentFacts } from '../../../../src/contracts/recovery/incident.ts';
import { newIncident } from '../../../../src/policies/recovery/incidents/new-incident.ts';
import { resolveAgainst } from '../../../../src/specs/kernel/resolve.ts';
import { incidentSchema, type IncidentSpec } from '../../../../src/specs/recovery/incident.ts';

export const atMs = Date.parse('2026-12-23T10:00Z');

export function specOf(more: object = {}): IncidentSpec {
  const given = { environment: 'prod', incident: 'shop', summary: 'it is slow', ...more };
  const resolution = resolveAgainst(incidentSchema, given);
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec;
}

/** One that was declared at `atMs`. */
export function declared(more: object = {}): { spec: IncidentSpec; facts: IncidentFacts } {
  const spec = specOf(more);
  return { spec, facts: newIncident(spec, { atMs, by: 'ana', requestId: 'r1' }) };
}
