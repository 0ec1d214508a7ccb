import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { resolveAgainst } from '../kernel/resolve.ts';
import type { SpecProblem } from '../kernel/spec-problem.ts';
import { idPart, mapping } from '../kernel/written.ts';
import { incidentPolicyKeys } from './incident.ts';

const saidOfEach = 'is said of each incident when it is declared; leave it out of the policy';

const incidentPolicySchema = mapping(
  {
    kind: z
      .literal('incident', { error: refusal('write incident, or leave kind out') })
      .exactOptional(),
    environment: idPart('environment')
      .exactOptional()
      .describe('Where an incident is whose alert does not say it.'),
    ...incidentPolicyKeys,
  },
  {
    incident: saidOfEach,
    summary: saidOfEach,
    severity: saidOfEach,
    services: saidOfEach,
    impactAt: saidOfEach,
    detectedAt: saidOfEach,
    alert: saidOfEach,
    roles: saidOfEach,
  },
);

/** What is wrong with keys that every incident of a gateway begins with. */
export function problemsOfIncidentPolicy(input: unknown): SpecProblem[] {
  const resolution = resolveAgainst<unknown>(incidentPolicySchema, input);
  return resolution.ok ? [] : resolution.problems;
}
