import type { DeclaredOnce } from '../adapters/temporal/declare-once.ts';
import type { Subject } from '../kinds/kind.ts';
import { resolveAgainst } from '../specs/kernel/resolve.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import { incidentSchema, type IncidentSpec } from '../specs/recovery/incident.ts';

export interface WrittenIncident {
  spec: IncidentSpec;
  /** What the workflow is given: it resolves this itself. */
  asWritten: Readonly<Record<string, unknown>>;
}

export interface GatewayDeclaration extends WrittenIncident {
  requestId: string;
  by: string;
  why?: string;
}

/** What the gateway asks of incidents. */
export interface IncidentOrders {
  declare: (order: GatewayDeclaration) => Promise<DeclaredOnce>;
  /** False where no incident of this subject is open. */
  endAlert: (order: { subject: Subject; alert: string; by: string }) => Promise<boolean>;
  /** Keys that every incident begins with, unless it is declared with others. */
  policy: Readonly<Record<string, unknown>>;
}

/** What is declared counts more than what the policy says. */
export function readIncidentOver(
  policy: IncidentOrders['policy'],
  declared: object,
): { ok: true; incident: WrittenIncident } | { ok: false; problems: SpecProblem[] } {
  const asWritten: Record<string, unknown> = { ...policy, ...declared };
  const resolution = resolveAgainst(incidentSchema, asWritten);
  if (!resolution.ok) return resolution;
  return { ok: true, incident: { spec: resolution.spec, asWritten } };
}
