import { isMapping } from '../../specs/kernel/finding.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { readText } from '../commands/spec-file.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { RunRegistry } from '../registry.ts';
import {
  describeProblems,
  resolveGivenRun,
  type GivenResolution,
  type GivenRun,
} from './given-run.ts';

/** The run of a file, where it is of one of these kinds, or every problem that it has. */
export async function resolveGivenOf(
  kinds: readonly string[],
  file: string,
  registry: RunRegistry,
): Promise<GivenResolution> {
  const text = await readText(file);
  const parsed = parseSpecText(text, file);
  const given = parsed.ok && isMapping(parsed.input) ? parsed.input['kind'] : kinds[0];
  if (typeof given === 'string' && kinds.includes(given)) {
    return resolveGivenRun(text, file, registry);
  }
  const found = typeof given === 'string' ? `is ${given}` : 'is missing';
  const message = `${found}; write kind: ${kinds.join(', or kind: ')}`;
  return { ok: false, problems: [{ path: 'kind', message }] };
}

/** A bad file ends the command with every problem. */
export async function readGivenOf(
  kinds: readonly string[],
  file: string,
  registry: RunRegistry,
): Promise<GivenRun> {
  const resolution = await resolveGivenOf(kinds, file, registry);
  if (resolution.ok) return resolution.given;
  throw new CliFailure(exitCodes.badInput, describeProblems(file, resolution));
}
