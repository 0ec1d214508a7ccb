import { CliFailure, exitCodes } from './failure.ts';

export interface ServiceName {
  service: string;
  environment: string;
}

/** A service as typed: its environment may have to be found. */
export interface TypedName {
  service: string;
  environment?: string;
}

const namePattern = /^[a-z0-9-]+$/;

/** Reads SERVICE or ENVIRONMENT/SERVICE, beside what `--environment` says. */
export function parseServiceName(typed: string, environment?: string): TypedName {
  const parts = typed.replace(/^rollout\//, '').split('/');
  if (parts.length > 2 || !parts.every((part) => namePattern.test(part))) {
    throw new CliFailure(
      exitCodes.badInput,
      `"${typed}" names no service: write SERVICE or ENVIRONMENT/SERVICE, each of lowercase ` +
        'letters, digits and "-".',
    );
  }
  const [first = '', second] = parts;
  if (second === undefined) {
    return { service: first, ...(environment !== undefined && { environment }) };
  }
  if (environment !== undefined && environment !== first) {
    throw new CliFailure(
      exitCodes.badInput,
      `"${typed}" says environment ${first}, --environment says ${environment}: leave one out.`,
    );
  }
  return { service: second, environment: first };
}
