import { readFileSync } from 'node:fs';
import { parseSpecText } from '../specs/kernel/parse-text.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import { problemsOfIncidentPolicy } from '../specs/recovery/incident-policy.ts';
import { InvalidConfig } from './load-config.ts';

const variable = 'BELAY_INCIDENT_POLICY';

/** What incidents begin with that are declared through the gateway. Throws InvalidConfig with every problem. */
export function readIncidentPolicy(file: string | undefined): Readonly<Record<string, unknown>> {
  if (file === undefined) return {};
  const parsed = parseSpecText(readPolicy(file), file);
  const problems = parsed.ok ? problemsOfIncidentPolicy(parsed.input) : parsed.problems;
  if (parsed.ok && problems.length === 0) return parsed.input as Record<string, unknown>;
  throw new InvalidConfig(
    problems.map((problem) => ({ variable, message: `${file}: ${placed(problem)}` })),
  );
}

function readPolicy(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidConfig([{ variable, message }]);
  }
}

function placed({ path, message }: SpecProblem): string {
  return path === '' ? message : `${path}: ${message}`;
}
